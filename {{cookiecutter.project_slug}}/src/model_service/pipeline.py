"""The straight line of a prediction: preprocess -> batcher -> engine -> postprocess."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from .arrays import Array, Arrays, row_count
from .batching import Batcher
from .deadline import Deadline
from .errors import InvalidInstance
from .postprocessing import Prediction
from .timings import Timings

T = TypeVar("T")
Row = dict[str, Array]


class Pipeline:
    """Instances in, predictions out, in the same order."""

    def __init__(
        self,
        preprocess: Callable[[object], Row],
        batcher: Batcher,
        postprocess: Callable[[Arrays], list[Prediction]],
    ) -> None:
        self._preprocess = preprocess
        self._batcher = batcher
        self._postprocess = postprocess

    def check_room(self, deadline: Deadline) -> None:
        """Raise Overloaded or DeadlineExceeded if not even one instance would be taken now."""
        self._batcher.admission.check(deadline)

    def predict(
        self, instances: Sequence[object], deadline: Deadline, timings: Timings | None = None
    ) -> list[Prediction]:
        """Return a prediction for each instance; `timings` are told how long each step took.

        Raises InvalidInstance, TooManyInstances, Overloaded, DeadlineExceeded or ModelFault.
        """
        timings = timings or Timings()
        runs = self._runs(instances, deadline, timings)
        predictions = _in_order(runs, self._postprocess, len(instances))
        timings.ended("postprocess")
        return predictions

    def run(self, rows: Arrays, deadline: Deadline, timings: Timings) -> dict[str, Array]:
        """Return the model's own outputs for rows that are its inputs already, without a copy.

        Raises as `predict` does.
        """
        outputs = self._batcher.submit(rows, deadline, timings)
        timings.ended("model")
        return outputs

    def outputs(
        self, instances: Sequence[object], deadline: Deadline, timings: Timings | None = None
    ) -> list[Row]:
        """Return the model's own outputs for each instance: name -> array without the batch."""
        runs = self._runs(instances, deadline, timings or Timings())
        return _in_order(runs, _rows_of, len(instances))

    def _runs(
        self, instances: Sequence[object], deadline: Deadline, timings: Timings
    ) -> list["Outputs"]:
        """Run rows of equal shape together; return what each such group gave."""
        rows = [self._row(index, instance) for index, instance in enumerate(instances)]
        timings.ended("preprocess")
        runs = []
        for indices in _alike(rows):
            stacked = {name: _stack([rows[i][name] for i in indices]) for name in rows[0]}
            runs.append(Outputs(indices, self._batcher.submit(stacked, deadline, timings)))
        timings.ended("model")
        return runs

    def _row(self, index: int, instance: object) -> Row:
        try:
            return self._preprocess(instance)
        except InvalidInstance as error:
            raise InvalidInstance(f"Instance {index}: {error}") from None


class Outputs(NamedTuple):
    """The outputs of rows that ran together, and which of a request they are."""

    indices: Sequence[int]
    arrays: Arrays


def _alike(rows: list[Row]) -> Collection[Sequence[int]]:
    """Return the indices of rows of equal shape, group by group."""
    if len(rows) == 1:  # as in most requests
        return ([0],)
    alike: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        alike[tuple(array.shape for array in row.values())].append(index)
    return alike.values()


def _stack(arrays: list[Array]) -> Array:
    """Return arrays of one shape as rows of one array; one alone is not copied."""
    return np.stack(arrays) if len(arrays) > 1 else arrays[0][None]


def _rows_of(outputs: Arrays) -> list[Row]:
    """Return outputs row by row."""
    count = row_count(outputs)
    return [{name: array[row] for name, array in outputs.items()} for row in range(count)]


def _in_order(runs: list[Outputs], each: Callable[[Arrays], list[T]], count: int) -> list[T]:
    """Return what is made of the rows of all runs, in the order of the request."""
    if len(runs) == 1:
        return each(runs[0].arrays)
    made = {
        i: one for indices, arrays in runs for i, one in zip(indices, each(arrays), strict=True)
    }
    return [made[index] for index in range(count)]
