"""One JSON object a line on stderr, and one such line a request with its id."""

import logging
import logging.config
import random
import re
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from flask import Flask

from . import metrics
from .log_writer import GatheringHandler

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

logger = logging.getLogger(__name__)

REQUEST_ID, ROUTE = "service.request_id", "service.route"  # in the environ of a request
HEADER = "X-Request-ID"
SAFE_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
# Logged at debug, at any path: they come all the time.
PROBES = frozenset({"health.healthz", "health.readyz", "health.exposition", "v2.live", "v2.ready"})


class Route(NamedTuple):
    """What answers a request: the name of the view, and its path with placeholders."""

    endpoint: str
    rule: str


UNMATCHED = Route("", "unmatched")

answered = cache(metrics.REQUESTS.labels)
request_seconds = cache(metrics.REQUEST_SECONDS.labels)


class JsonFormatter(logging.Formatter):
    """Formats a record as JSON; the fields given as `extra={"fields": {...}}` are added."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line; a traceback becomes a field of it."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


def config(level: str) -> dict[str, Any]:
    """Return the configuration of `logging`: everything goes to stderr as JSON lines."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter}},
        "handlers": {"stderr": {"()": GatheringHandler, "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {"_granian": {}},  # Granian's own lines go the same way
    }


def configure(level: str) -> None:
    """Apply `config` to this process."""
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False  # not shown
    logging.config.dictConfig(config(level))


def observe_requests(app: Flask) -> None:
    """Give each request an id, and log and count its answer; the payload is never logged."""
    inner = app.wsgi_app

    def observed(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        began = time.perf_counter()
        given = environ.get("HTTP_X_REQUEST_ID", "")
        request_id = given if SAFE_ID.fullmatch(given) else f"{random.getrandbits(128):032x}"
        environ[REQUEST_ID] = request_id

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            _note_answer(environ, int(status[:3]), time.perf_counter() - began)
            return start_response(status, [*headers, (HEADER, request_id)], *rest)

        return inner(environ, start)

    app.wsgi_app = observed  # type: ignore[method-assign]


def _note_answer(environ: "WSGIEnvironment", status: int, seconds: float) -> None:
    endpoint, rule = environ.get(ROUTE, UNMATCHED)
    answered(rule, status).inc()
    request_seconds(rule).observe(seconds)
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
