"""The real server of this service, as `serve` starts it, on a free port until it was measured."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import IO

import msgspec

from ..errors import StartupError
from ..settings import variable
from .interrupts import put_off
from .target import Target

PACKAGE = __name__.partition(".")[0]
START_LIMIT_S = 600  # a large model takes minutes to load
END_LIMIT_S = 30
POLL_S = 0.05


@contextmanager
def served(values: Mapping[str, str], key: str) -> Iterator[Target]:
    """Give the service, ready, with these variables beside those of the environment.

    Its processes are ended with the block. Raises StartupError, with what it says, if it does not
    start.
    """
    port = _free_port()
    own = {"host": "127.0.0.1", "port": str(port), "drain_s": "0"}
    environ = {**os.environ, **values, **{variable(name): value for name, value in own.items()}}
    with tempfile.TemporaryFile() as log, ExitStack() as stack:
        with put_off():
            server = subprocess.Popen(
                [sys.executable, "-m", PACKAGE, "serve"],
                env=environ,
                stderr=log,
                start_new_session=True,  # a group of its own, so that exactly it is ended
            )
            stack.callback(_end, server)
        target = Target.at(f"http://127.0.0.1:{port}", key)
        _wait_until_ready(server, target, log)
        yield target


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(server: subprocess.Popen[bytes], target: Target, log: IO[bytes]) -> None:
    give_up = time.monotonic() + START_LIMIT_S
    while time.monotonic() < give_up:
        if server.poll() is not None:
            raise StartupError(f"The service does not start. {_last_words(log)}")
        with suppress(OSError, http.client.HTTPException):  # it does not listen yet
            if target.ask("GET", "/readyz")[0] == 200:
                return
        time.sleep(POLL_S)
    raise StartupError(f"The service was not ready in {START_LIMIT_S} s: try `check`.")


def _last_words(log: IO[bytes]) -> str:
    """Return the last line of the log, without its form."""
    log.seek(0)
    lines = log.read().decode(errors="replace").strip().splitlines() or ["It said nothing."]
    try:
        return str(msgspec.json.decode(lines[-1])["message"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return lines[-1].removeprefix("Error: ")


def _end(server: subprocess.Popen[bytes]) -> None:
    """Ask the group to end, and end it if it does not."""
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        server.wait(END_LIMIT_S)
    with suppress(ProcessLookupError):  # nobody of it is left
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()
