"""Writes the lines of the log to stderr, many at once.

A write gives the interpreter's lock away, and a thread of a busy service waits long to have it
back. Written one by one, lines take a tenth of the time of a prediction by a small model.
"""

import logging
import sys
from contextlib import suppress

from .later import Later


class GatheringHandler(logging.Handler):
    """Formats and writes lines a moment after they came, and at once from warnings on.

    A process that is killed in that moment takes its last lines with it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._records: list[logging.LogRecord] = []
        self._written = Later("log", self.flush)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record; write all that are kept if it is one of trouble."""
        self._records.append(record)
        if record.levelno >= logging.WARNING:
            self.flush()
        else:
            self._written.ask()

    def flush(self) -> None:
        """Write the lines of the records that are kept; if nobody takes them they are lost."""
        assert self.lock
        with self.lock:
            records, self._records = self._records, []
            if records and sys.stderr:
                with suppress(OSError, ValueError):  # its reader has ended, or it is closed
                    sys.stderr.write("".join(map(self._line, records)))
                    sys.stderr.flush()

    def _line(self, record: logging.LogRecord) -> str:
        try:
            return self.format(record) + "\n"
        except Exception:  # as every handler does: a line is not worth a request
            self.handleError(record)
            return ""
