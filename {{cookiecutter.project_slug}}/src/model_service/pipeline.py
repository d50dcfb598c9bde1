"""The straight line of a prediction: preprocess -> batcher -> engine -> postprocess."""

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from .arrays import Array, Arrays
from .batching import Batcher
from .deadline import Deadline
from .errors import InvalidInstance
from .postprocessing import Postprocessor, Prediction
from .timings import Timings

Row = dict[str, Array]


class Pipeline:
    """Instances in, predictions out, in the same order."""

    def __init__(
        self, preprocess: Callable[[object], Row], batcher: Batcher, postprocess: Postprocessor
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
        outputs = self.outputs(instances, deadline, timings)
        predictions = [self._postprocess(row) for row in outputs]
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
        timings = timings or Timings()
        rows = [self._row(index, instance) for index, instance in enumerate(instances)]
        timings.ended("preprocess")
        outputs = self._run(rows, deadline, timings)
        timings.ended("model")
        return outputs

    def _row(self, index: int, instance: object) -> Row:
        try:
            return self._preprocess(instance)
        except InvalidInstance as error:
            raise InvalidInstance(f"Instance {index}: {error}") from None

    def _run(self, rows: list[Row], deadline: Deadline, timings: Timings) -> list[Row]:
        """Run rows of equal shape together, and put the outputs back in order."""
        if len(rows) == 1:  # as in most requests
            results = self._batcher.submit(_alone(rows[0]), deadline, timings)
            return [{name: array[0] for name, array in results.items()}]
        alike: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for index, row in enumerate(rows):
            alike[tuple(array.shape for array in row.values())].append(index)
        outputs: list[Row] = [{}] * len(rows)
        for indices in alike.values():
            stacked = {name: np.stack([rows[i][name] for i in indices]) for name in rows[0]}
            results = self._batcher.submit(stacked, deadline, timings)
            for position, index in enumerate(indices):
                outputs[index] = {name: array[position] for name, array in results.items()}
        return outputs


def _alone(row: Row) -> Row:
    """Return a row as the only one of its batch, without a copy."""
    return {name: array[None] for name, array in row.items()}
