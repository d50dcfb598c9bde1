"""One visit to a contestant: started, left idle, loaded, ended."""

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ..peers.known import SCRIPTS
from ..pins import Pins
from ..servers import HOST, ServerError, ServerProcess
from ..usage import memory_mb
from . import wire
from .bench import Bench, Load
from .contestants import ONE_THREAD, Contestant, Renders
from .figures import Window
from .load import Generator
from .models import Subject, too_short
from .settings import Settings
from .workloads import Workload

POLL_S = 0.02
LOOP = SCRIPTS / "loop.py"


@dataclass(frozen=True)
class Visit:
    """What one visit told; the loop over the runtime has nothing but its speed."""

    capacity: Window
    loads: dict[str, Window] = field(default_factory=dict)
    start_s: float | None = None
    idle: float | None = None
    memory_mb: float | None = None


@dataclass(frozen=True)
class Place:
    """Where contestants are visited: the renders, the CPUs, the load generator, the log."""

    renders: Renders
    pins: Pins
    generator: Generator
    settings: Settings
    log: Path


def visit(
    place: Place, workload: Workload, who: Contestant, subject: Subject, loads: Iterable[Load]
) -> Visit:
    """Return the figures of a contestant, those of the capacity and of more loads.

    Raises ServerError, LoadError, InstallError.
    """
    if who.server is None:
        return Visit(_loop(place, workload, who, subject))
    request = who.request(subject)
    bad = who.request(too_short(subject)) if workload.bad else None
    with _started(place, workload, who, subject, request) as (process, start_s):
        bench = Bench(
            place.generator, place.settings, workload, process, request, bad, place.pins.cpu
        )
        idle, capacity = bench.idle(), bench.capacity()
        taken = {str(load): bench.under(load, capacity.throughput) for load in loads}
        memory = memory_mb(process.processes())
    return Visit(capacity, taken, start_s, idle, memory)


@contextmanager
def _started(
    place: Place, workload: Workload, who: Contestant, subject: Subject, request: wire.Request
) -> Iterator[tuple[ServerProcess, float]]:
    """Run a server until the block ends; gives it, and the seconds until its first answer."""
    assert who.server
    server = who.server(place.renders, workload.input_kind, subject.folder)
    start = time.monotonic()
    process = ServerProcess(server, subject.folder, who.batch, place.log, place.pins.service)
    limit_s = place.settings.answer_s
    try:
        if not process.holds_within(
            place.settings.start_s,
            lambda: answers_right(process.port, request, subject, who.tolerance, limit_s),
            POLL_S,
        ):
            raise ServerError(f"{who.name} did not start, or answers wrong (see {place.log})")
        yield process, time.monotonic() - start
    finally:
        process.stop()


def answers_right(
    port: int, request: wire.Request, subject: Subject, tolerance: float, limit_s: float
) -> bool:
    """Return whether a request is answered, and right."""
    with closing(http.client.HTTPConnection(HOST, port, timeout=limit_s)) as connection:
        try:
            connection.request("POST", request.path, request.body, dict(request.headers))
            response = connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException):
            return False
    headers = dict(response.getheaders())
    return wire.is_right(response.status, headers, body, subject.expected, tolerance)


def _loop(place: Place, workload: Workload, who: Contestant, subject: Subject) -> Window:
    """Return what a loop over the runtime makes of instances, as a window of its answers."""
    seconds = (place.settings.warm_up_s + place.settings.window_s) * workload.pace
    size = min(who.batch.max_batch_size, workload.connections)
    environ = {"MODEL": str(subject.folder / "model.onnx"), "INPUT": workload.input_kind}
    ran = subprocess.run(
        [*place.pins.service, sys.executable, LOOP, str(size), str(seconds)],
        input=json.dumps(subject.instance),
        env=environ | ONE_THREAD,
        capture_output=True,
        text=True,
        timeout=place.settings.start_s + 3 * seconds,
    )
    if ran.returncode:
        raise ServerError(f"The loop over the runtime failed: {ran.stderr.strip()[-300:]}")
    speed = float(ran.stdout)
    return Window(speed, speed, speed, 0, 0, None, None)
