"""nginx with the configuration of a render, in front of replicas on ports of loopback."""

import getpass
import http.server
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

from service import START_LIMIT_S

from .answers import TEMPLATE

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
DEPLOY = TEMPLATE / "deploy/nginx"


@contextmanager
def balancing(replicas: Sequence[int], port: int, folder: Path) -> Iterator[None]:
    """Run nginx until the block ends; only where it listens, writes and asks is another place."""
    assert NGINX
    config = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    config = config.replace("/tmp/", f"{folder}/").replace("listen 8080", f"listen {port}")
    upstream = (DEPLOY / "replicas.conf").read_text(encoding="utf-8")
    upstream = upstream.replace("resolver 127.0.0.11 valid=1s ipv6=off;", "")
    named = "server service:8000 resolve max_fails=0;"
    assert named in upstream
    servers = [f"server 127.0.0.1:{replica} max_fails=0;" for replica in replicas]
    upstream = upstream.replace(named, "\n".join(servers))
    (folder / "nginx.conf").write_text(config, encoding="utf-8")
    (folder / "replicas.conf").write_text(upstream, encoding="utf-8")
    user = "user root;" if getpass.getuser() == "root" else ""  # may read pytest's folders
    command = [NGINX, "-c", str(folder / "nginx.conf"), "-g", f"daemon off; {user}"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait_until_it_listens(process, port, folder)
        yield
    finally:
        process.terminate()
        process.wait(START_LIMIT_S)


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    give_up = time.monotonic() + START_LIMIT_S
    while time.monotonic() < give_up:
        assert process.poll() is None, (folder / "log").read_text()
        try:
            ask(port, "GET", "/metrics")
            return
        except OSError:
            time.sleep(0.02)
    raise AssertionError("nginx does not listen")


def ask(
    port: int, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[HTTPResponse, bytes]:
    """Send one request on a connection of its own; return the answer and its body."""
    connection = HTTPConnection("127.0.0.1", port, timeout=START_LIMIT_S)
    try:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, names)
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


@contextmanager
def replica(port: int, status: int, body: bytes) -> Iterator[list[bytes]]:
    """Run a replica that gives each request the same answer; gives the bodies that it got."""
    got: list[bytes] = []

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802 - http.server asks for that name
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Retry-After", "7")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield got
    finally:
        server.shutdown()
        thread.join(START_LIMIT_S)
        server.server_close()
