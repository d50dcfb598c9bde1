"""A run of the model: counted, checked, and timed for the watchdog."""

import threading
import time
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np

from . import metrics
from .arrays import Array, Arrays, row_count
from .errors import ModelFault, OutOfMemory
from .pace import Pace
from .tally import TALLY


class Model(Protocol):
    """What runs rows: an engine, or what chooses between engines."""

    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Return the outputs; raises MemoryError, or whatever the runtime raises."""


class Current(NamedTuple):
    """The run that is going on: since when, on the monotonic clock, and in which thread."""

    started: float
    thread: int


class Run(NamedTuple):
    """A run that has ended: its rows, how long it took, and when that was, since 1970."""

    rows: int
    seconds: float
    ended: float


def count_runs(runs: Sequence[Run]) -> None:
    """Count runs that have ended, well or not."""
    rows, seconds, ended = zip(*runs, strict=True)
    metrics.BATCH_ROWS.count(rows)
    metrics.RUN_SECONDS.count(seconds)
    metrics.LAST_RUN.set(max(ended))


class ModelRuns:
    """Runs the model for a batcher, which starts one run at a time."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.beside_rows_s = 0.0  # what a run takes however many rows it has, once it was measured
        self.current: Current | None = None
        self.pace = Pace()

    def run(self, rows: Arrays) -> dict[str, Array]:
        """Run the model and check that as many rows come out as went in.

        Raises OutOfMemory or ModelFault.
        """
        count = row_count(rows)
        self.current = Current(time.monotonic(), threading.get_ident())
        try:
            outputs = self._model.run(rows)
        except MemoryError as error:
            metrics.FAILED_RUNS.inc()
            raise OutOfMemory(
                "There is no memory for this input at present: try again later, or send less."
            ) from error
        except Exception as error:  # a runtime may raise anything
            metrics.FAILED_RUNS.inc()
            raise ModelFault(
                "The model failed on this input; the service's log says why."
            ) from error
        finally:
            TALLY.note(count_runs, Run(count, time.monotonic() - self.current.started, time.time()))
            self.current = None
            self.pace.count(count)
        for name, output in outputs.items():
            if output.ndim == 0 or len(output) != count:
                raise ModelFault(
                    f"The model gave an output {name!r} of shape {output.shape} for {count} rows."
                )
        return outputs

    def run_in_parts(self, rows: Arrays) -> dict[str, Array]:
        """Run the model; if memory is short, in halves, and in halves of them.

        Of n rows that are at most 2n - 2 runs more. Raises OutOfMemory, if not even one row can
        be run, or ModelFault.
        """
        half = row_count(rows) // 2
        try:
            return self.run(rows)
        except OutOfMemory:
            if not half:
                raise
        metrics.RETRIED_RUNS.inc(2)
        first = self.run_in_parts({name: array[:half] for name, array in rows.items()})
        second = self.run_in_parts({name: array[half:] for name, array in rows.items()})
        return {name: np.concatenate([first[name], second[name]]) for name in first}
