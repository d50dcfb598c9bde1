"""What ways of batching share: the bound on admitted rows, and the turn of a request."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from .. import metrics
from ..arrays import Arrays, row_count
from ..deadline import Deadline
from ..errors import DeadlineExceeded, Overloaded, ServiceError, TooManyInstances
from ..settings import Settings

STOPPED = ServiceError("The service has stopped.")


class Admission:
    """Bounds the rows that are admitted and not yet answered, and their bytes."""

    def __init__(self, settings: Settings) -> None:
        self._most_rows, self._most_bytes = settings.queue_rows, settings.queue_bytes
        self._rows = self._bytes = 0
        self._lock = threading.Lock()

    @contextmanager
    def of(self, rows: Arrays) -> Iterator[None]:
        """Hold room for these rows; raises Overloaded, or TooManyInstances if they never fit."""
        count, size = row_count(rows), sum(array.nbytes for array in rows.values())
        for given, most, unit in (
            (count, self._most_rows, "rows"),
            (size, self._most_bytes, "bytes of rows"),
        ):
            if given > most:
                raise TooManyInstances(
                    f"The request has {given} {unit} and the service takes at most {most}:"
                    " send several requests."
                )
        self._add(count, size)
        try:
            yield
        finally:
            self._add(-count, -size)

    def _add(self, count: int, size: int) -> None:
        with self._lock:
            rows, size = self._rows + count, self._bytes + size
            if rows > self._most_rows or size > self._most_bytes:
                raise Overloaded("The service has all the work it can take: try again later.")
            self._rows, self._bytes = rows, size
            metrics.ROWS.set(rows)


class Turn:
    """Lets one request at a time run the model, within its deadline."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._taken = False
        self._closed: ServiceError | None = None

    @contextmanager
    def within(self, deadline: Deadline) -> Iterator[None]:
        """Wait for the turn and hold it for a run; raises DeadlineExceeded, also after the run."""
        arrived = time.monotonic()
        self._take(deadline)
        metrics.QUEUE_SECONDS.observe(time.monotonic() - arrived)
        try:
            if not deadline.seconds_left:
                raise DeadlineExceeded("The request came to the model after its deadline.")
            yield
        finally:
            with self._changed:
                self._taken = False
                self._changed.notify()
        if not deadline.seconds_left:
            raise DeadlineExceeded("The model took longer than the request's deadline.")

    def close(self, error: ServiceError) -> None:
        """Give no more turns: who waits for one, or comes for one, gets the error."""
        with self._changed:
            self._closed = error
            self._changed.notify_all()

    def _take(self, deadline: Deadline) -> None:
        with self._changed:
            came = self._changed.wait_for(
                lambda: self._closed or not self._taken, deadline.seconds_left
            )
            if self._closed:
                raise self._closed.with_traceback(None)
            if not came:
                raise DeadlineExceeded("The model was busy until the request's deadline.")
            self._taken = True
