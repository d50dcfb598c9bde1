"""What all ways of batching share: the bound on admitted rows, and a checked run."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .. import metrics
from ..arrays import Array, Arrays
from ..deadline import Deadline
from ..errors import DeadlineExceeded, ModelFault, Overloaded, TooManyInstances
from ..settings import Settings

if TYPE_CHECKING:  # a process that runs no model imports no framework
    from ..engine import Engine


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
        self._lock = threading.Lock()

    @contextmanager
    def within(self, deadline: Deadline) -> Iterator[None]:
        """Wait for the turn and hold it for a run; raises DeadlineExceeded, also after the run."""
        arrived = time.monotonic()
        if not self._lock.acquire(timeout=deadline.seconds_left):
            raise DeadlineExceeded("The model was busy until the request's deadline.")
        metrics.QUEUE_SECONDS.observe(time.monotonic() - arrived)
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
        metrics.FAILED_RUNS.inc()
        raise ModelFault("The model failed on this input; the service's log says why.") from error
    for name, output in outputs.items():
        if output.ndim == 0 or len(output) != count:
            raise ModelFault(
                f"The model gave an output {name!r} of shape {output.shape} for {count} rows."
            )
    return outputs
