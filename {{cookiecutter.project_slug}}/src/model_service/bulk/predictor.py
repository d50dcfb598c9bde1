"""A batch of instances -> the lines of their predictions, by the same steps as the service's."""

import threading
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from ..arrays import Arrays
from ..errors import ModelFault
from ..model_run import ModelRuns
from ..postprocessing import Postprocessor, Prediction
from ..preprocessing import Preprocessor
from ..resources import available_cpus, plan
from ..settings import Settings
from ..startup import Running
from .batches import Batch, Position
from .rows import BatchPreprocessor, Refuse

LEAST_RUNS = 2  # at once on CPUs


class Result(NamedTuple):
    """The lines of a batch, in the order of its instances, and how far the inputs are read."""

    lines: bytes
    rejects: bytes
    predicted: int
    rejected: int
    end: Position
    read: int


class Predicted(msgspec.Struct, gc=False):
    """The line of a prediction."""

    file: str
    instance: int | None
    prediction: Prediction


class Rejected(msgspec.Struct, gc=False):
    """The line of what cannot be predicted, and why; of a whole file, if the instance is None."""

    file: str
    instance: int | None
    error: str


class Predictor:
    """Predicts batches; several threads may do so at once."""

    def __init__(self, running: Running, settings: Settings) -> None:
        self._preprocess = BatchPreprocessor(Preprocessor, running.model.card, settings)
        self._postprocess = Postprocessor(running.model)
        self._placed = running.placed
        self._encode = msgspec.json.Encoder().encode_lines
        self._turns = threading.Semaphore(runs_at_once(settings, running.engine.device))

    def __call__(self, batch: Batch) -> Result:
        """Return the lines of predictions and rejects; raises OutOfMemory.

        An instance that cannot be read or predicted is a reject, with the reason.
        """
        predictions: dict[int, Prediction] = {}
        rejects: dict[int, str] = {}

        def refuse(index: int, reason: object) -> None:
            rejects[index] = str(reason)

        for places, inputs in self._preprocess(batch, refuse):
            predictions |= self._run(places, inputs, refuse)
        names = list(zip(batch.files, batch.numbers, strict=True))
        lines = [Predicted(*names[index], predictions[index]) for index in sorted(predictions)]
        reasons = [Rejected(*names[index], rejects[index]) for index in sorted(rejects)]
        return Result(
            self._encode(lines),
            self._encode(reasons),
            len(predictions),
            len(rejects),
            batch.end,
            batch.read,
        )

    def _run(self, places: Sequence[int], inputs: Arrays, refuse: Refuse) -> dict[int, Prediction]:
        """Predict rows; if that fails, in halves, until those at fault are found."""
        try:
            with self._turns:
                outputs = ModelRuns(self._placed).run_in_parts(inputs)
            return dict(zip(places, self._postprocess(outputs), strict=True))
        except ModelFault as error:
            half = len(places) // 2
            if not half:
                refuse(places[0], error)
                return {}
        first = {name: array[:half] for name, array in inputs.items()}
        second = {name: array[half:] for name, array in inputs.items()}
        return self._run(places[:half], first, refuse) | self._run(places[half:], second, refuse)


def runs_at_once(settings: Settings, device: str) -> int:
    """Return how many batches may run at the same time: so many that all CPUs have work.

    What Python does with a batch leaves threads of the runtime idle, which another run takes. A
    GPU has its own queue, and a policy may move the model while it is the only one to run.
    """
    if device != "cpu":
        return 1
    cpus = available_cpus()
    return max(LEAST_RUNS, cpus // plan(settings, cpus).intra_op_threads)
