"""Start a rendered service and ask it over HTTP: for the demo and for the tests."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

START_LIMIT_S = 300  # a slow machine quantizes before it serves
END_LIMIT_S = 120


class NotReadyError(Exception):
    """The service ended, or was not ready in time."""


def free_port() -> int:
    """Return a port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    command: Sequence[str | Path],
    project: Path,
    port: int,
    environ: Mapping[str, str],
    stderr: IO[bytes] | None = None,
    ready: str = "/readyz",
) -> Iterator[int]:
    """Run a command that serves in a folder until the block ends; enters once `ready` answers 200.

    The server gets a process group of its own, whose id is the value of the block, and exactly
    that group is ended. What it logs goes to `stderr`, if given. Raises NotReadyError.
    """
    environ = {**os.environ, "SERVICE_PORT": str(port), "SERVICE_DRAIN_S": "0", **environ}
    server = subprocess.Popen(
        command, cwd=project, env=environ, stderr=stderr, start_new_session=True
    )
    try:
        _wait_until_ready(server, port, ready)
        yield server.pid
    finally:
        _end(server)


def get(port: int, path: str) -> Any:
    """Return the JSON answer of a GET request."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as response:
        return json.load(response)


def post_json(port: int, body: bytes) -> Any:
    """Return the answer of `POST /predict` to a JSON body."""
    return _post(port, body, "application/json")


def post_file(port: int, path: Path) -> Any:
    """Return the answer of `POST /predict` to a file in a form, as `curl -F` sends it."""
    boundary = uuid.uuid4().hex
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{path.name}"'
    body = f"{head}\r\n\r\n".encode() + path.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    return _post(port, body, f"multipart/form-data; boundary={boundary}")


def _post(port: int, body: bytes, content_type: str) -> Any:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/predict", data=body)
    request.add_header("Content-Type", content_type)
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def _end(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        os.killpg(server.pid, signal.SIGTERM)
    try:
        server.wait(END_LIMIT_S)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        raise
    finally:
        with suppress(ProcessLookupError):  # what it left behind, if it has crashed
            os.killpg(server.pid, signal.SIGKILL)


def _wait_until_ready(server: subprocess.Popen[bytes], port: int, path: str) -> None:
    give_up = time.monotonic() + START_LIMIT_S
    while time.monotonic() < give_up:
        if server.poll() is not None:
            raise NotReadyError("The server ended before it was ready; what it printed says why.")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30).close()
            return
        except OSError:  # not listening yet, or 503 while the model loads
            time.sleep(0.1)
    raise NotReadyError(f"The server was not ready within {START_LIMIT_S} seconds.")
