"""Start a server in a process of its own, wait until it answers, and end all that it started."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

HOST = "127.0.0.1"
STOP_S = 15
SETTINGS = ("SERVICE_", "BENTOML_", "LITSERVE_", "MLSERVER_", "MOSEC_")  # each gets its own
POLL_S = 0.1


class ServerError(Exception):
    """A server did not start; the reason is one line."""


class Batching(Protocol):
    """How a server puts the rows of several requests together."""

    @property
    def max_batch_size(self) -> int:
        """The most rows of a run."""

    @property
    def batch_wait_ms(self) -> int:
        """How long a row waits for others, in milliseconds."""


@dataclass(frozen=True)
class Server:
    """How a server is started: `command` gets the port, `environ` port, model folder, batching."""

    name: str
    version: str
    command: Callable[[int], Sequence[str | Path]]
    cwd: Path
    environ: Callable[[int, Path, Batching], Mapping[str, str]]
    health: str
    is_ours: bool = False


class ServerProcess:
    """A server that was started, on a port of its own; what it prints is appended to a file."""

    def __init__(
        self,
        server: Server,
        model: Path,
        batching: Batching,
        log: Path,
        pin: Sequence[str] = (),
    ) -> None:
        self.port = free_port()
        environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)},
            "PYTHONDONTWRITEBYTECODE": "1",
            **server.environ(self.port, model, batching),
        }
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [*pin, *server.command(self.port)],
                cwd=server.cwd,
                env=environ,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def holds_within(
        self, limit_s: float, condition: Callable[[], bool], poll_s: float = POLL_S
    ) -> bool:
        """Return whether a condition comes true before the limit, and before the server ends."""
        give_up = time.monotonic() + limit_s
        while not condition():
            if self._process.poll() is not None or time.monotonic() > give_up:
                return False
            time.sleep(poll_s)
        return True

    def processes(self) -> set[int]:
        """Return the ids of its processes that run."""
        return family(self._process.pid)

    def stop(self) -> None:
        """Ask the server to end; then end it and all processes that it started."""
        started = self.processes()
        self._process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_S)
        for pid in family(self._process.pid, started):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait(STOP_S)


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
