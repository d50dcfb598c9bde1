"""Start a server in a process of its own, wait until it answers right, and end it."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from .models import Model
from .replies import HOST, ask, is_right
from .settings import Settings

STOP_S = 15
SETTINGS = ("SERVICE_", "BENTOML_", "LITSERVE_", "MOSEC_")  # of the user: each gets its own
POLL_S = 0.1


class ServerError(Exception):
    """A server did not start; the reason is one line."""


@dataclass(frozen=True)
class Server:
    """How a server is started: `command` gets the port, `environ` the port and the model."""

    name: str
    version: str
    command: Callable[[int], Sequence[str | Path]]
    cwd: Path
    environ: Callable[[int, Model, Settings], Mapping[str, str]]
    health: str
    is_ours: bool = False


class Running:
    """A server that runs, and is started anew when it no longer answers."""

    def __init__(self, server: Server, model: Model, settings: Settings, log: Path) -> None:
        self.model = model
        self.settings = settings
        self.restarts = 0
        self.port = 0
        self._server = server
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers right; raises ServerError."""
        self.port = free_port()
        environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)},
            "PYTHONDONTWRITEBYTECODE": "1",
            **self._server.environ(self.port, self.model, self.settings),
        }
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._server.command(self.port),
                cwd=self._server.cwd,
                env=environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if not self.answers_within(self.settings.start_s):
            raise ServerError(f"{self._server.name} did not start (see {self._log})")

    def answers_within(self, limit_s: float) -> bool:
        """Return whether a good request is answered right before the limit."""
        give_up = time.monotonic() + limit_s
        while not self.answers_right():
            ended = self._process is None or self._process.poll() is not None
            if ended or time.monotonic() > give_up:
                return False
            time.sleep(POLL_S)
        return True

    def answers_right(self, index: int = 0) -> bool:
        """Return whether one good request is answered right."""
        reply = ask(self.port, self.model.good(index), self.settings.answer_s)
        return is_right(reply, self.model.answer(index))

    def recover(self) -> None:
        """Give the server time to come round, or start it anew."""
        if not self.answers_within(self.settings.recovery_s):
            self.restarts += 1
            self.stop()
            self.start()

    def stop(self) -> None:
        """Ask the server to end; then end it and all processes that it started."""
        if self._process is None:
            return
        started = family(self._process.pid)
        self._process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_S)
        for pid in family(self._process.pid, started):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait(STOP_S)


@contextmanager
def running(server: Server, model: Model, settings: Settings, log: Path) -> Iterator[Running]:
    """Run a server with a model until the block ends; raises ServerError."""
    instance = Running(server, model, settings, log)
    try:
        instance.start()
        yield instance
    finally:
        instance.stop()


def family(leader: int, known: Set[int] = frozenset()) -> set[int]:
    """Return the running ones of a process, its group, `known`, and all that these started.

    A group is not enough: some servers give one to each of their workers.
    """
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,pgid="], check=True, capture_output=True, text=True
    )
    processes = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
    found: set[int] = set()
    size = -1
    while len(found) > size:
        size = len(found)
        relatives = {leader, *known, *found}
        found = {pid for pid, *ties in processes if relatives.intersection((pid, *ties))}
    return found


def free_port() -> int:
    """Return a port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
