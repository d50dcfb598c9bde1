"""The pipeline: every instance gets its own prediction, whatever shares a run."""

from typing import Any

import numpy as np
import pytest

from model_service.arrays import Array, Arrays
from model_service.deadline import Deadline
from model_service.errors import InvalidInstance, ModelFault
from model_service.model_run import ModelRuns
from model_service.pipeline import Pipeline
from model_service.timings import Timings

from .engines import DoublingEngine, soon


class Direct:
    """A batcher without a queue: runs what it is given."""

    def __init__(self, engine: DoublingEngine) -> None:
        self._engine = engine

    def submit(self, rows: Arrays, deadline: Deadline, timings: Timings) -> dict[str, Array]:
        """Run the rows."""
        return ModelRuns(self._engine).run(rows)


def preprocess(instance: object) -> dict[str, Array]:
    """Take a list of any length as a row."""
    if not isinstance(instance, list):
        raise InvalidInstance("an instance is a list.")
    return {"x": np.array(instance, np.float32)}


def pipeline(engine: DoublingEngine) -> Pipeline:
    """Return a pipeline that doubles lists."""
    steps: Any = preprocess, Direct(engine), lambda rows: rows["y"].tolist()
    return Pipeline(*steps)


def test_predictions_come_in_the_order_of_the_instances() -> None:
    engine = DoublingEngine()
    predicted = pipeline(engine).predict([[3.0], [1.0], [2.0]], soon())
    assert predicted == [[6], [2], [4]]
    assert engine.batches == [[3, 1, 2]]


def test_rows_of_another_shape_get_a_run_of_their_own_and_keep_their_place() -> None:
    engine = DoublingEngine()
    predicted = pipeline(engine).predict([[1.0], [2.0, 2.0], [3.0], [4.0, 4.0]], soon())
    assert predicted == [[2], [4, 4], [6], [8, 8]]
    assert engine.batches == [[1, 3], [2, 4]]


def test_outputs_are_the_models_own_without_the_batch() -> None:
    (row,) = pipeline(DoublingEngine()).outputs([[1.0, 2.0]], soon())
    np.testing.assert_array_equal(row["y"], [2, 4])


def test_nothing_is_run_for_no_instances() -> None:
    engine = DoublingEngine()
    assert pipeline(engine).predict([], soon()) == []
    assert engine.batches == []


def test_an_instance_at_fault_is_named_and_none_is_run() -> None:
    engine = DoublingEngine()
    with pytest.raises(InvalidInstance, match=r"^Instance 1: an instance is a list\.$"):
        pipeline(engine).predict([[1.0], "two", "three"], soon())
    assert engine.batches == []


def test_a_fault_of_the_model_is_passed_on() -> None:
    with pytest.raises(ModelFault):
        pipeline(DoublingEngine()).predict([[DoublingEngine.poison]], soon())


def test_each_step_is_timed_in_order() -> None:
    timings = Timings()
    pipeline(DoublingEngine()).predict([[1.0], [2.0, 2.0]], soon(), timings)
    assert list(timings.seconds) == ["preprocess", "model", "postprocess"]
