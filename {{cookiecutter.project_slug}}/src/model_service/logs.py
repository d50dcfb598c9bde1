"""One JSON object a line on stderr."""

import logging
import logging.config
from datetime import UTC, datetime
from typing import Any

import msgspec

from .log_writer import GatheringHandler


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
