"""No batching: a request holds one instance and the model runs for it alone."""

from typing import TYPE_CHECKING

from ..arrays import Array, Arrays
from ..deadline import Deadline
from ..errors import TooManyInstances
from ..settings import Settings
from .base import Admission, Turn, row_count, run_rows

if TYPE_CHECKING:
    from ..engine import Engine

IGNORED_SETTINGS = frozenset({"max_batch_size", "batch_wait_ms"})


class Batcher:
    """Runs one row at a time."""

    max_rows = 1

    def __init__(self, engine: "Engine", settings: Settings) -> None:
        self._engine = engine
        self._admission = Admission(settings)
        self._turn = Turn()

    def submit(self, rows: Arrays, deadline: Deadline) -> dict[str, Array]:
        """Run one row and return its outputs.

        Raises TooManyInstances for more rows, Overloaded, DeadlineExceeded, ModelFault.
        """
        count = row_count(rows)
        if count != 1:
            raise TooManyInstances(
                f"This service takes one instance a request and got {count}: send one at a time."
            )
        with self._admission.of(rows), self._turn.within(deadline):
            return run_rows(self._engine, rows)

    def close(self) -> None:
        """Nothing runs on its own here."""


def max_workers(cpus: int) -> int:
    """Return how many processes pay: one a CPU, since no two requests meet in a run."""
    return cpus
