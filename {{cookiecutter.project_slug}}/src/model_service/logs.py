"""One JSON object a line on stderr, and one such line a request with its id."""

import logging
import logging.config
import re
import time
import uuid
from datetime import UTC, datetime
from typing import Any

import msgspec
from flask import Flask, Response, g, request

from . import metrics

logger = logging.getLogger(__name__)

REQUEST_ID = "X-Request-ID"
SAFE_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
# Logged at debug, at any path: they come all the time.
PROBES = frozenset({"health.healthz", "health.readyz", "health.exposition", "v2.live", "v2.ready"})


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
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {"_granian": {}},  # Granian's own lines go the same way
    }


def configure(level: str) -> None:
    """Apply `config` to this process."""
    logging.config.dictConfig(config(level))


def observe_requests(app: Flask) -> None:
    """Give each request an id, and log and count its answer; the payload is never logged."""

    @app.before_request
    def begin() -> None:
        given = request.headers.get(REQUEST_ID, "")
        g.request_id = given if SAFE_ID.fullmatch(given) else uuid.uuid4().hex
        g.started = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        seconds = time.perf_counter() - g.started
        route = request.url_rule.rule if request.url_rule else "unmatched"
        metrics.REQUESTS.labels(route, response.status_code).inc()
        metrics.REQUEST_SECONDS.labels(route).observe(seconds)
        response.headers[REQUEST_ID] = g.request_id
        fields = {
            "request_id": g.request_id,
            "method": request.method,
            "path": request.path,
            "status": response.status_code,
            "ms": round(seconds * 1000, 3),
        }
        level = logging.DEBUG if request.endpoint in PROBES else logging.INFO
        logger.log(level, "request", extra={"fields": fields})
        return response
