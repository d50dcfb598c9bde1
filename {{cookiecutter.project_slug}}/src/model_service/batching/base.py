"""What ways of batching share: the bound on admitted rows, and the turn of a request."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from .. import metrics
from ..arrays import Arrays, row_count
from ..deadline import Deadline
from ..errors import DeadlineExceeded, Overloaded, ServiceError, TooManyInstances
from ..pace import Pace
from ..settings import Settings
from ..timings import Timings

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


class Turn:
    """Lets one request at a time run the model, in order of arrival and within its deadline."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._taken = False
        self._closed: ServiceError | None = None

    @property
    def waiting(self) -> int:
        """How many requests wait for their turn."""
        return len(self._waiting)

    @contextmanager
    def within(self, deadline: Deadline, timings: Timings | None = None) -> Iterator[None]:
        """Wait for the turn and hold it for a run; raises DeadlineExceeded, also after the run."""
        arrived = time.monotonic()
        self._take(deadline)
        (timings or Timings()).waited(time.monotonic() - arrived)
        try:
            if not deadline.seconds_left:
                raise DeadlineExceeded("The request came to the model after its deadline.")
            yield
        finally:
            self._hand_over()
        if not deadline.seconds_left:
            raise DeadlineExceeded("The model took longer than the request's deadline.")

    def close(self, error: ServiceError) -> None:
        """Give no more turns: who waits for one, or comes for one, gets the error."""
        with self._lock:
            self._closed = error
            while self._waiting:
                self._waiting.popleft().set()

    def _take(self, deadline: Deadline) -> None:
        with self._lock:
            if self._closed:
                raise self._closed.with_traceback(None)
            if not self._taken:
                self._taken = True
                return
            come = threading.Event()
            self._waiting.append(come)
        come.wait(deadline.seconds_left)
        with self._lock:
            if self._closed:
                raise self._closed.with_traceback(None)
            if not come.is_set():
                self._waiting.remove(come)
                raise DeadlineExceeded("The model was busy until the request's deadline.")

    def _hand_over(self) -> None:
        """Give the turn to who waits longest; who comes just now could else take it."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False
