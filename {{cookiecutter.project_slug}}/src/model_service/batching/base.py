"""What ways of batching share: the bound on admitted rows."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from .. import metrics
from ..arrays import Arrays, row_count
from ..deadline import Deadline
from ..errors import DeadlineExceeded, Overloaded, ServiceError, TooManyInstances
from ..pace import Pace
from ..settings import Settings

STOPPED = ServiceError("The service has stopped.")


class Admission:
    """Bounds the rows that are admitted and not yet answered: in number, in bytes and in time.

    The time follows from the pace of the model. `run_rows` is how many rows of several requests
    share a run, 0 if they do not.
    """

    def __init__(self, settings: Settings, pace: Pace, run_rows: int = 0) -> None:
        self._most_rows, self._most_bytes = settings.queue_rows, settings.queue_bytes
        self._run_rows = run_rows
        self._rows = self._bytes = 0
        self._pace = pace
        self._lock = threading.Lock()

    @contextmanager
    def of(self, rows: Arrays, deadline: Deadline) -> Iterator[None]:
        """Hold room for these rows until they are answered.

        Raises Overloaded or DeadlineExceeded, or TooManyInstances if they never fit.
        """
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
        with self._lock:
            self._check(count, size, deadline)
            if not self._rows:
                self._pace.resume()
            self._change(count, size)
        try:
            yield
        finally:
            with self._lock:
                self._change(-count, -size)

    def check(self, deadline: Deadline) -> None:
        """Raise Overloaded or DeadlineExceeded if not even one row would be admitted now."""
        with self._lock:
            self._check(1, 0, deadline)

    def _check(self, count: int, size: int, deadline: Deadline) -> None:
        if not deadline.seconds_left:
            raise DeadlineExceeded("The request came after its deadline.")
        rows = self._rows + count
        if rows > self._most_rows or self._bytes + size > self._most_bytes:
            raise Overloaded("The service has all the work it can take: try again later.")
        # A row waits for those that come after it and join its run, too. Whoever comes to an idle
        # model is let in, or a pace that is no more true would never be corrected.
        ahead = rows if rows <= 2 * self._run_rows else rows + self._run_rows
        if self._rows and self._pace.seconds(ahead) > deadline.seconds_left:
            raise Overloaded("The service has too much work to answer in time: try again later.")

    def _change(self, count: int, size: int) -> None:
        self._rows += count
        self._bytes += size
        metrics.ROWS.set(self._rows)
