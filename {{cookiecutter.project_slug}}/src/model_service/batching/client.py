"""Client batching: the instances of one request run together, in chunks of the maximum."""

import numpy as np

from ..arrays import Array, Arrays, row_count
from ..deadline import Deadline
from ..errors import ServiceError
from ..model_run import ModelRuns
from ..settings import Settings
from ..timings import Timings
from .base import STOPPED, Admission
from .base_turn import Turn

IGNORED_SETTINGS = frozenset({"batch_wait_ms"})


class Batcher:
    """Runs the rows of one request at a time, `max_rows` in one run at most."""

    def __init__(self, runs: ModelRuns, settings: Settings) -> None:
        self._runs = runs
        self.max_rows = settings.max_batch_size
        self.admission = Admission(settings, runs.pace)
        self._turn = Turn()

    def submit(
        self, rows: Arrays, deadline: Deadline, timings: Timings | None = None
    ) -> dict[str, Array]:
        """Run the rows and return their outputs in the same order.

        Raises TooManyInstances, Overloaded, DeadlineExceeded, OutOfMemory, ModelFault.
        """
        count, timings = row_count(rows), timings or Timings()
        with self.admission.of(rows, deadline):
            runs = [
                self._run(
                    {name: array[start : start + self.max_rows] for name, array in rows.items()},
                    deadline,
                    timings,
                )
                for start in range(0, count, self.max_rows)
            ]
        return {name: np.concatenate([run[name] for run in runs]) for name in runs[0]}

    def close(self, error: ServiceError = STOPPED) -> None:
        """Take no more work: who waits for the model, or comes for it, gets the error."""
        self._turn.close(error)

    def _run(self, chunk: Arrays, deadline: Deadline, timings: Timings) -> dict[str, Array]:
        # The turn is taken a chunk at a time, so that a long request does not hold up a short one.
        with self._turn.within(deadline, timings):
            timings.ran(row_count(chunk))
            return self._runs.run_in_parts(chunk)


def max_workers(cpus: int) -> int:
    """Return how many processes pay: one a CPU, since no two requests meet in a run."""
    return cpus
