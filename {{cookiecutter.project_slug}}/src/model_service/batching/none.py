"""No batching: a request holds one instance and the model runs for it alone."""

from ..arrays import Array, Arrays, row_count
from ..deadline import Deadline
from ..errors import ServiceError, TooManyInstances
from ..model_run import ModelRuns
from ..settings import Settings
from ..timings import Timings
from .base import STOPPED, Admission
from .base_turn import Turn

IGNORED_SETTINGS = frozenset({"max_batch_size", "batch_wait_ms"})


class Batcher:
    """Runs one row at a time."""

    max_rows = 1

    def __init__(self, runs: ModelRuns, settings: Settings) -> None:
        self._runs = runs
        self.admission = Admission(settings, runs.pace)
        self._turn = Turn()

    def submit(
        self, rows: Arrays, deadline: Deadline, timings: Timings | None = None
    ) -> dict[str, Array]:
        """Run one row and return its outputs.

        Raises TooManyInstances for more rows, Overloaded, DeadlineExceeded, OutOfMemory or
        ModelFault.
        """
        count = row_count(rows)
        if count != 1:
            raise TooManyInstances(
                f"This service takes one instance a request and got {count}: send one at a time."
            )
        timings = timings or Timings()
        with self.admission.of(rows, deadline), self._turn.within(deadline, timings):
            timings.ran(count)
            return self._runs.run(rows)

    def close(self, error: ServiceError = STOPPED) -> None:
        """Take no more work: who waits for the model, or comes for it, gets the error."""
        self._turn.close(error)


def max_workers(cpus: int) -> int:
    """Return how many processes pay: one a CPU, since no two requests meet in a run."""
    return cpus
