"""What every request and its answer get: an id, a line in the log, metrics, and a last word."""

import logging
import random
import re
import time
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, NamedTuple

from flask import Flask

from .. import metrics
from ..service import Service
from ..wsgi import Environ, Start
from .answer import Answer

logger = logging.getLogger(__name__)

REQUEST_ID, ROUTE = "service.request_id", "service.route"  # in the environ of a request
HEADER = "X-Request-ID"
SAFE_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
# Logged at debug, at any path: they come all the time.
PROBES = frozenset({"health.healthz", "health.readyz", "health.exposition", "v2.live", "v2.ready"})


class Route(NamedTuple):
    """What answers a request: the name of the view, its path with placeholders, and what they are.

    A view that needs no Flask is here itself.
    """

    endpoint: str
    rule: str
    named: Mapping[str, str] = MappingProxyType({})
    view: Callable[..., Answer] | None = None


UNMATCHED = Route("", "unmatched")

answered = cache(metrics.REQUESTS.labels)
request_seconds = cache(metrics.REQUEST_SECONDS.labels)
prediction_seconds = cache(metrics.PREDICTION_SECONDS.labels)


def put_in_envelope(app: Flask, service: Service) -> None:
    """Give each request an id, and log and count its answer; the payload is never logged.

    Once the service is leaving, each client is told to close its connection after the answer, so
    that it goes elsewhere in time.
    """
    inner = app.wsgi_app

    def enveloped(environ: Environ, start_response: Start) -> Iterable[bytes]:
        began = time.perf_counter()
        given = environ.get("HTTP_X_REQUEST_ID", "")
        request_id = given if SAFE_ID.fullmatch(given) else f"{random.getrandbits(128):032x}"
        environ[REQUEST_ID] = request_id

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            note_answer(environ, int(status[:3]), time.perf_counter() - began)
            close = [("Connection", "close")] if service.leaving else []
            return start_response(status, [*headers, (HEADER, request_id), *close], *rest)

        return inner(environ, start)

    app.wsgi_app = enveloped  # type: ignore[method-assign]


def note_answer(environ: Environ, status: int, seconds: float) -> None:
    """Count an answer, and write the line of its request."""
    endpoint, rule, _, view = environ.get(ROUTE, UNMATCHED)
    answered(rule, status).inc()
    request_seconds(rule).observe(seconds)
    if view:
        prediction_seconds("success" if status < HTTPStatus.BAD_REQUEST else "fail").observe(
            seconds
        )
    level = logging.DEBUG if endpoint in PROBES else logging.INFO
    if logger.isEnabledFor(level):
        fields = {
            "request_id": environ[REQUEST_ID],
            "method": environ["REQUEST_METHOD"],
            "path": environ["PATH_INFO"],
            "status": status,
            "ms": round(seconds * 1000, 3),
        }
        logger.log(level, "request", extra={"fields": fields})
