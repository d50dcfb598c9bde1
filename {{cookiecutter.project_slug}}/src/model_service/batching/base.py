"""What all ways of batching share: the bound on admitted rows, and a checked run."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .. import metrics
from ..arrays import Array, Arrays
from ..deadline import Deadline
from ..errors import DeadlineExceeded, ModelFault, Overloaded, TooManyInstances

if TYPE_CHECKING:  # a process that runs no model imports no framework
    from ..engine import Engine


class Admission:
    """Bounds the rows that are admitted and not yet answered, so that waiting stays short."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._admitted = 0
        self._lock = threading.Lock()

    @contextmanager
    def rows(self, count: int) -> Iterator[None]:
        """Hold room for `count` rows; raises Overloaded, or TooManyInstances if it never fits."""
        if count > self._limit:
            raise TooManyInstances(
                f"The request has {count} rows and the service takes at most {self._limit}:"
                " send several requests."
            )
        self._add(count)
        try:
            yield
        finally:
            self._add(-count)

    def _add(self, count: int) -> None:
        with self._lock:
            if self._admitted + count > self._limit:
                raise Overloaded("The service has all the work it can take: try again later.")
            self._admitted += count
            metrics.ROWS.set(self._admitted)


class Turn:
    """Lets one request at a time run the model, within its deadline."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    @contextmanager
    def within(self, deadline: Deadline) -> Iterator[None]:
        """Wait for the turn and hold it for a run; raises DeadlineExceeded, also after the run."""
        if not self._lock.acquire(timeout=deadline.seconds_left):
            raise DeadlineExceeded("The model was busy until the request's deadline.")
        try:
            if not deadline.seconds_left:
                raise DeadlineExceeded("The request came to the model after its deadline.")
            yield
        finally:
            self._lock.release()
        if not deadline.seconds_left:
            raise DeadlineExceeded("The model took longer than the request's deadline.")


def row_count(rows: Arrays) -> int:
    """Return the number of rows, the same in every input."""
    return len(next(iter(rows.values())))


def run_rows(engine: "Engine", rows: Arrays) -> dict[str, Array]:
    """Run the engine and check that as many rows come out as went in; raises ModelFault."""
    count = row_count(rows)
    metrics.BATCH_ROWS.observe(count)
    try:
        outputs = engine.run(rows)
    except Exception as error:  # a runtime may raise anything
        raise ModelFault("The model failed on this input; the service's log says why.") from error
    for name, output in outputs.items():
        if output.ndim == 0 or len(output) != count:
            raise ModelFault(
                f"The model gave an output {name!r} of shape {output.shape} for {count} rows."
            )
    return outputs
