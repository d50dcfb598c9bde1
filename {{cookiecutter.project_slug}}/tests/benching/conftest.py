"""The application behind a small HTTP server in this process, to be put under load."""

import socket
import threading
from collections.abc import Iterator
from itertools import count

import pytest
from flask import Flask, request
from werkzeug.serving import WSGIRequestHandler, make_server

from model_service.benching.target import Target


class KeepingAlive(WSGIRequestHandler):
    """Answers in HTTP/1.1, without a log."""

    protocol_version = "HTTP/1.1"

    def log_request(self, *_: object) -> None:
        """Say nothing."""


def serving(app: Flask) -> Iterator[Target]:
    """Serve an application on a free port of loopback."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=KeepingAlive)
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Target.at(f"http://127.0.0.1:{server.port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def target(app: Flask) -> Iterator[Target]:
    """Give the service of these tests, ready."""
    yield from serving(app)


@pytest.fixture
def broken() -> Iterator[Target]:
    """Give a service that refuses every other request and breaks off the rest."""
    app = Flask("broken")
    turns = count()

    @app.post("/predict")
    def predict() -> tuple[str, int]:
        if next(turns) % 2:
            request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return "busy", 503

    yield from serving(app)
