"""The rows of one request on their way through a queue, and their share of a run."""

import threading
import time
from contextlib import suppress
from typing import NamedTuple

import numpy as np

from ..arrays import Array, Arrays, row_count
from ..deadline import Deadline
from ..errors import DeadlineExceeded, ServiceError
from ..timings import Timings


class Job:
    """The rows of one request, from their arrival to their answer.

    Jobs of the same `kind` may share a run.
    """

    def __init__(self, rows: Arrays, deadline: Deadline, timings: Timings | None = None) -> None:
        self.rows = rows
        self.deadline = deadline
        self.count = row_count(rows)
        self.kind = [(name, array.dtype, array.shape[1:]) for name, array in sorted(rows.items())]
        self.timings = timings or Timings()
        self.arrived = time.monotonic()
        self.taken = 0  # rows already handed to a run
        self.outputs: list[dict[str, Array]] = []
        self.error: ServiceError | None = None
        self.done = False
        # Held until there is an answer; a lock costs a tenth of an Event, which is made for many.
        self._answer = threading.Lock()
        self._answer.acquire()

    def wait(self, seconds: float) -> bool:
        """Wait for the answer, in one thread only; return whether it came in time."""
        return self._answer.acquire(timeout=seconds)

    def wanted(self) -> bool:
        """Return whether an answer is still of use; it is told so if it came too late."""
        if not self.deadline.seconds_left:
            self.fail(self.error or DeadlineExceeded("The request waited until its deadline."))
        return self.error is None

    def fail(self, error: ServiceError) -> None:
        """Answer with an error, unless there is an answer; rows still queued are not run."""
        if not self.done:
            self.error = error
            self._finish()

    def deliver(self, outputs: dict[str, Array]) -> None:
        """Take the outputs of the next rows; the last ones complete the answer."""
        self.outputs.append(outputs)
        if self.taken == self.count:
            self._finish()

    def _finish(self) -> None:
        self.done = True
        with suppress(RuntimeError):  # another thread gave an answer at the same moment
            self._answer.release()

    def result(self) -> dict[str, Array]:
        """Return the outputs of all rows, or raise the error."""
        if self.error is not None:
            raise self.error
        if len(self.outputs) == 1:
            return self.outputs[0]
        return {
            name: np.concatenate([part[name] for part in self.outputs]) for name in self.outputs[0]
        }


class Slice(NamedTuple):
    """Rows `start` to `stop` of a job: its share of one run."""

    job: Job
    start: int
    stop: int

    @property
    def rows(self) -> int:
        """How many rows these are."""
        return self.stop - self.start


def join(slices: list[Slice]) -> dict[str, Array]:
    """Return the inputs of one run; no copy if all of it is one slice."""
    parts = {
        name: [job.rows[name][start:stop] for job, start, stop in slices]
        for name in slices[0].job.rows
    }
    return {name: np.concatenate(p) if len(p) > 1 else p[0] for name, p in parts.items()}
