"""What every request and its answer get: an id, what is told of them, and a last word."""

import random
import re
import time
from collections.abc import Iterable
from typing import Any

from flask import Flask

from ..service import Service
from ..tally import TALLY
from ..wsgi import Environ, Start
from .answered import Answered, Route, tell

# In the environ of a request.
REQUEST_ID, ROUTE, TIMINGS = "service.request_id", "service.route", "service.timings"
HEADER = "X-Request-ID"
SAFE_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
UNMATCHED = Route("", "unmatched")


def put_in_envelope(app: Flask, service: Service) -> None:
    """Give each request an id, and have its answer logged and counted.

    Once the service is leaving, each client is told to close its connection after the answer, so
    that it goes elsewhere in time.
    """
    inner = app.wsgi_app

    def enveloped(environ: Environ, start_response: Start) -> Iterable[bytes]:
        began = time.perf_counter()
        given = environ.get("HTTP_X_REQUEST_ID", "")
        is_safe = given and SAFE_ID.fullmatch(given)
        request_id = given if is_safe else f"{random.getrandbits(128):032x}"
        environ[REQUEST_ID] = request_id

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            answered = Answered(
                time.time(),
                request_id,
                environ["REQUEST_METHOD"],
                environ["PATH_INFO"],
                environ.get(ROUTE, UNMATCHED),
                int(status[:3]),
                time.perf_counter() - began,
                environ.get(TIMINGS),
            )
            TALLY.note(tell, answered)
            close = [("Connection", "close")] if service.leaving else []
            return start_response(status, [*headers, (HEADER, request_id), *close], *rest)

        return inner(environ, start)

    app.wsgi_app = enveloped  # type: ignore[method-assign]
