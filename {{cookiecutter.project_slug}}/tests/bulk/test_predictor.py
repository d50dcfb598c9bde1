"""A batch becomes lines: of its predictions in order, and of what cannot be predicted."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from model_service.arrays import Array, Arrays
from model_service.bulk import predictor
from model_service.bulk.batches import Batch, Position
from model_service.bulk.predictor import Predictor, runs_at_once
from model_service.deadline import Deadline
from model_service.engine import Engine
from model_service.errors import OutOfMemory
from model_service.model_card import TensorSpec
from model_service.model_folder import GoldenExamples
from model_service.settings import Settings
from model_service.startup import Running, start

from ..predictions import assert_alike


class Failing:
    """The engine of the service, which fails on rows as a test says."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.poison: bytes | None = None
        self.memory = 1_000_000
        self.name, self.device, self.threads = engine.name, engine.device, engine.threads
        self.dtype = engine.dtype
        self.inputs: tuple[TensorSpec, ...] = engine.inputs
        self.outputs: tuple[TensorSpec, ...] = engine.outputs

    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Run the model, unless a row is poison or there is no memory."""
        rows, *_ = inputs.values()
        if len(rows) > self.memory:
            raise MemoryError
        if any(row.tobytes() == self.poison for row in rows):
            raise RuntimeError("poison")
        return self._engine.run(inputs)


@pytest.fixture
def failing(engine: Engine) -> Failing:
    """Return an engine that does not fail yet."""
    return Failing(engine)


@pytest.fixture
def running(failing: Failing, settings: Settings) -> Running:
    """Return the service's model on that engine."""
    return start(settings, failing)


def batch(rows: Sequence[object]) -> Batch:
    """Return a batch of rows of two files."""
    files = ["a"] + ["b"] * (len(rows) - 1)
    return Batch(files, [0, *range(len(rows) - 1)], rows, Position(2, 1), 77)


def lines(text: bytes) -> list[Any]:
    """Return the objects of a text, one to a line."""
    return [msgspec.json.decode(line) for line in text.splitlines()]


def test_predictions_are_those_of_the_service(
    running: Running, settings: Settings, golden: GoldenExamples
) -> None:
    result = Predictor(running, settings)(batch([*golden.instances, {"no": "instance"}]))
    found = lines(result.lines)
    expected = running.pipeline.predict(golden.instances[:1], Deadline.after_ms(60_000))
    assert_alike(found[0]["prediction"], expected[0], running.model.card.golden.tolerance)
    count = len(golden.instances)
    assert [(line["file"], line["instance"]) for line in found] == [
        ("a", 0),
        *(("b", number) for number in range(count - 1)),
    ]
    (reject,) = lines(result.rejects)
    assert (reject["file"], reject["instance"]) == ("b", count - 1)
    assert (result.predicted, result.rejected) == (count, 1)
    assert (result.end, result.read) == (Position(2, 1), 77)


@pytest.mark.parametrize("at", [0, 3, 4])
def test_only_the_row_that_the_model_fails_on_is_rejected(
    at: int, running: Running, failing: Failing, settings: Settings, golden: GoldenExamples
) -> None:
    instances = [golden.instances[0]] * 5
    instances[at] = golden.instances[1]
    row, *_ = running.pipeline._preprocess(golden.instances[1]).values()
    failing.poison = row.tobytes()
    result = Predictor(running, settings)(batch(instances))
    assert (result.predicted, result.rejected) == (4, 1)
    (reject,) = lines(result.rejects)
    assert reject["instance"] == max(0, at - 1)
    assert reject["error"].startswith("The model failed on this input")


def test_without_memory_for_all_rows_fewer_are_run(
    running: Running, failing: Failing, settings: Settings, golden: GoldenExamples
) -> None:
    failing.memory = 2
    result = Predictor(running, settings)(batch([golden.instances[0]] * 7))
    assert (result.predicted, result.rejected) == (7, 0)


def test_without_memory_for_one_row_the_run_stops(
    running: Running, failing: Failing, settings: Settings, golden: GoldenExamples
) -> None:
    failing.memory = 0
    with pytest.raises(OutOfMemory):
        Predictor(running, settings)(batch(golden.instances))


def test_a_file_that_cannot_be_read_has_no_instance(running: Running, settings: Settings) -> None:
    given = Batch(["a"], [None], [OutOfMemory("Cannot be read.")], Position(1), 1)
    (reject,) = lines(Predictor(running, settings)(given).rejects)
    assert reject == {"file": "a", "instance": None, "error": "Cannot be read."}


@pytest.mark.parametrize(
    ("cpus", "threads", "device", "runs"),
    [(8, 1, "cpu", 8), (8, 4, "cpu", 2), (8, 8, "cpu", 2), (1, 1, "cpu", 2), (8, 1, "cuda", 1)],
)
def test_all_cpus_have_work_and_a_gpu_one_run(
    cpus: int, threads: int, device: str, runs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predictor, "available_cpus", lambda: cpus)
    assert runs_at_once(Settings(intra_op_threads=threads), device) == runs
