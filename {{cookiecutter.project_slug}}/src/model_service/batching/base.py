"""What ways of batching share: the bound on admitted rows."""

import threading
from typing import NamedTuple

from .. import metrics
from ..arrays import Arrays, byte_count, row_count
from ..deadline import Deadline
from ..errors import DeadlineExceeded, Overloaded, ServiceError, TooManyInstances
from ..pace import Pace
from ..settings import Settings
from ..tally import TALLY

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

    def of(self, rows: Arrays, deadline: Deadline) -> "Room":
        """Take room for these rows, which is given back as its context ends.

        Raises Overloaded or DeadlineExceeded, or TooManyInstances if they never fit.
        """
        count, size = row_count(rows), byte_count(rows)
        if count > self._most_rows or size > self._most_bytes:
            raise self._never_fits(count, size)
        with self._lock:
            self.check(deadline, count, size)
            if not self._rows:
                self._pace.resume()
            self._change(count, size)
        TALLY.ask()
        return Room(self, count, size)

    def give_back(self, count: int, size: int) -> None:
        """Have the room of so many rows and bytes again."""
        with self._lock:
            self._change(-count, -size)

    def check(self, deadline: Deadline, count: int = 1, size: int = 0) -> None:
        """Raise Overloaded or DeadlineExceeded if so much would not be admitted now."""
        seconds_left = deadline.seconds_left
        if not seconds_left:
            raise DeadlineExceeded("The request came after its deadline.")
        rows = self._rows + count
        if rows > self._most_rows or self._bytes + size > self._most_bytes:
            raise Overloaded("The service has all the work it can take: try again later.")
        # A row waits for those that come after it and join its run, too. Whoever comes to an idle
        # model is let in, or a pace that is no more true would never be corrected.
        ahead = rows if rows <= 2 * self._run_rows else rows + self._run_rows
        if self._rows and self._pace.seconds(ahead) > seconds_left:
            raise Overloaded("The service has too much work to answer in time: try again later.")

    def _never_fits(self, count: int, size: int) -> TooManyInstances:
        given, most = f"{count} rows", self._most_rows
        if count <= self._most_rows:
            given, most = f"{size} bytes of rows", self._most_bytes
        return TooManyInstances(
            f"The request has {given} and the service takes at most {most}: send several requests."
        )

    def _change(self, count: int, size: int) -> None:
        self._rows += count
        self._bytes += size
        metrics.ROWS.now = self._rows


class Room(NamedTuple):
    """What some rows hold until the end of a context, whatever comes of them."""

    admission: Admission
    rows: int
    size: int

    def __enter__(self) -> None:
        """Hold it already."""

    def __exit__(self, *_: object) -> None:
        """Give it back."""
        self.admission.give_back(self.rows, self.size)
