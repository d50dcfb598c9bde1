"""Writes the lines of the log to stderr, many at once.

A write gives the interpreter's lock away, and a thread of a busy service waits long to have it
back. Written one by one, lines take a tenth of the time of a prediction by a small model.
"""

import logging
import signal
import sys
import threading
import time

PAUSE_S = 0.02


class GatheringHandler(logging.Handler):
    """Writes lines a moment after they came, and at once from warnings on.

    A process that is killed in that moment takes its last lines with it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[str] = []
        self._news = threading.Event()
        threading.Thread(target=self._write_lines, name="log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line of a record; write all that are kept if it is one of trouble."""
        try:
            self._lines.append(self.format(record) + "\n")
        except Exception:  # as every handler does: a line is not worth a request
            self.handleError(record)
        if record.levelno >= logging.WARNING:
            self.flush()
        elif not self._news.is_set():
            self._news.set()

    def flush(self) -> None:
        """Write the lines that are kept."""
        assert self.lock
        with self.lock:
            lines, self._lines = self._lines, []
            if lines:
                sys.stderr.write("".join(lines))
                sys.stderr.flush()

    def _write_lines(self) -> None:
        # Signals are for the thread that waits for them; see `worker.py`.
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        while self._news.wait():
            time.sleep(PAUSE_S)
            self._news.clear()
            self.flush()
