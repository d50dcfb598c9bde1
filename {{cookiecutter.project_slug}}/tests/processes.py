"""The service as a user runs it: in a process of its own, on a free port."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

ROOT = Path(__file__).parents[1]
SERVICE = (sys.executable, "-m", "model_service")
APP = "model_service.app:create_app()"  # for other WSGI servers
BROKEN = (OSError, http.client.HTTPException)  # a connection: before an answer, or within it
NO_FILE = {"SERVICE_ENV_FILE": ""}  # what was tuned here is nothing for tests
LIMIT_S = 180  # how long a test waits for another process; never reached on success


class Reply(NamedTuple):
    """The status, the body and the media type of an answer."""

    status: int
    body: bytes
    content_type: str = ""

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return msgspec.json.decode(self.body)


class Server:
    """A server process on a port of its own; its stderr goes to a file."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self._log = log

    @property
    def stderr(self) -> str:
        """What the server has written to stderr so far."""
        return self._log.read_text(encoding="utf-8")

    @property
    def logged(self) -> list[Any]:
        """The records that the service has logged so far."""
        lines = self.stderr.splitlines()
        return [msgspec.json.decode(line) for line in lines if line.startswith("{")]

    @property
    def stray(self) -> list[str]:
        """The lines on stderr that are no records: of a runtime's native code, or of a crash."""
        return [line for line in self.stderr.splitlines() if not line.startswith("{")]

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> Reply:
        """Send one request on a connection of its own; an iterable body is sent in chunks."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, LIMIT_S)) as connection:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return Reply(response.status, response.read(), response.headers.get_content_type())

    def predict(self, instance: object) -> Reply:
        """Ask for the prediction of one instance."""
        return self.ask("POST", "/predict", msgspec.json.encode({"instances": [instance]}))

    def answers(self, path: str) -> bool:
        """Return whether a GET succeeds; raises AssertionError if the process has ended."""
        assert self.process.poll() is None, self.stderr
        try:
            return self.ask("GET", path).status == 200
        except OSError:  # it does not listen yet
            return False

    def connect(self) -> socket.socket:
        """Return an open connection, for what no HTTP client would send."""
        return socket.create_connection(("127.0.0.1", self.port), LIMIT_S)

    def refuses_connections(self) -> bool:
        """Return whether nothing listens on the port."""
        try:
            self.connect().close()
        except OSError:
            return True
        return False


def run_service(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the console script to its end."""
    return run_python("-m", "model_service", *arguments, **settings)


def run_python(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run an interpreter that finds this service, to its end."""
    return subprocess.run(
        [sys.executable, *arguments],
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )


@contextmanager
def serving(command: Sequence[str], port: int, log: Path, **settings: str) -> Iterator[Server]:
    """Run a server in a process group of its own until the block ends, and end that group."""
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            command,
            env=environment(SERVICE_PORT=str(port), **settings),
            stderr=stderr,
            start_new_session=True,
        )
    try:
        yield Server(process, port, log)
    finally:
        with suppress(ProcessLookupError):  # nobody of the group is left
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(LIMIT_S)


def environment(**settings: str) -> dict[str, str]:
    """Return this environment with only the given `SERVICE_*` variables, and no slow farewell."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SERVICE_")}
    return {**kept, "PYTHONPATH": str(ROOT / "src"), "SERVICE_DRAIN_S": "0", **NO_FILE, **settings}


def free_port() -> int:
    """Return a port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def default_signals(*numbers: int) -> Iterator[None]:
    """Let signals do what they do by default, also in processes that are started meanwhile.

    Whoever runs the tests in the background, or under `nohup`, has some of them ignored.
    """
    former = {number: signal.signal(number, signal.SIG_DFL) for number in numbers}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def wait_until(holds: Callable[[], bool]) -> None:
    """Ask until it holds; raises AssertionError if it does not within the limit."""
    give_up = time.monotonic() + LIMIT_S
    while not holds():
        assert time.monotonic() < give_up, "what was waited for did not come"
        time.sleep(0.02)
