"""The rows of one request on their way through a queue, and their share of a run."""

import threading
import time
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from ..arrays import Array, Arrays
from ..deadline import Deadline
from ..errors import DeadlineExceeded, ServiceError
from ..timings import Timings


@dataclass(eq=False)
class Job:
    """The rows of one request, from their arrival to their answer."""

    rows: Arrays
    deadline: Deadline
    count: int
    kind: tuple[object, ...]  # jobs of the same kind may share a run
    timings: Timings = field(default_factory=Timings)
    arrived: float = field(default_factory=time.monotonic)
    taken: int = 0  # rows already handed to a run
    outputs: list[dict[str, Array]] = field(default_factory=list)
    error: ServiceError | None = None
    done: threading.Event = field(default_factory=threading.Event)

    def wanted(self) -> bool:
        """Return whether an answer is still of use; it is told so if it came too late."""
        if not self.deadline.seconds_left:
            self.fail(self.error or DeadlineExceeded("The request waited until its deadline."))
        return self.error is None

    def fail(self, error: ServiceError) -> None:
        """Answer with an error, unless there is an answer; rows still queued are not run."""
        if not self.done.is_set():
            self.error = error
            self.done.set()

    def deliver(self, outputs: dict[str, Array]) -> None:
        """Take the outputs of the next rows; the last ones complete the answer."""
        self.outputs.append(outputs)
        if self.taken == self.count:
            self.done.set()

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


def join(slices: list[Slice]) -> dict[str, Array]:
    """Return the inputs of one run; no copy if all of it is one slice."""
    parts = {
        name: [job.rows[name][start:stop] for job, start, stop in slices]
        for name in slices[0].job.rows
    }
    return {name: np.concatenate(p) if len(p) > 1 else p[0] for name, p in parts.items()}
