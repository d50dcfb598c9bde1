"""The first runs of a model: what is run, what is measured, and what is refused."""

import numpy as np
import pytest
from pytest import approx

from model_service import warming
from model_service.arrays import Array, Arrays
from model_service.errors import InvalidModelCard
from model_service.model_card import TensorSpec
from model_service.warming import (
    FEW,
    WarmUp,
    blank_rows,
    warm_up,
    warm_up_blank,
)

from .clock import Clock
from .engines import DoublingEngine
from .test_checks import specs

ROW = {"x": np.array([5], np.float32)}


@pytest.mark.parametrize(
    ("limit", "first", "measured"),
    [(1, [1], {1}), (3, [1, 3], {1, 3}), (20, [1, 20], {1, FEW})],
    ids=["one", "three", "twenty"],
)
def test_warming_up_runs_the_smallest_and_the_largest_batch_and_measures_some(
    limit: int, first: list[int], measured: set[int]
) -> None:
    engine = DoublingEngine()
    warmed = warm_up(engine, ROW, limit)
    sizes = [len(batch) for batch in engine.batches]
    assert sizes[: len(first)] == first
    assert set(sizes[len(first) :]) == warmed.seconds.keys() == measured
    assert warmed.sentence.startswith(f"Warmed up with up to {limit} rows; a run takes ")
    assert all(f" ms for {count}" in warmed.sentence for count in measured)


def test_the_quickest_run_of_each_size_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    class Uneven(DoublingEngine):
        """Takes 1 ms a row, and each second run ten times as long."""

        def run(self, inputs: Arrays) -> dict[str, Array]:
            outputs = super().run(inputs)
            clock.now += len(inputs["x"]) * (0.01 if len(self.batches) % 2 else 0.001)
            return outputs

    clock = Clock()
    monkeypatch.setattr(warming, "time", clock)
    assert warm_up(Uneven(), ROW, 4).seconds == {1: approx(0.001), 4: approx(0.004)}


def test_what_a_run_takes_beside_its_rows() -> None:
    assert WarmUp("", {1: 5.0, 8: 12.0}).beside_rows_s == approx(4)
    assert WarmUp("", {1: 1.0, 8: 8.0}).beside_rows_s == approx(0)
    assert WarmUp("", {1: 1.0, 8: 9.0}).beside_rows_s == 0  # rows that hinder each other
    assert WarmUp("", {1: 5.0}).beside_rows_s == WarmUp("").beside_rows_s == 0


def test_a_slow_model_is_not_measured_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(DoublingEngine):
        """Takes a second a row."""

        def run(self, inputs: Arrays) -> dict[str, Array]:
            clock.now += len(inputs["x"])
            return super().run(inputs)

    clock, engine = Clock(), Slow()
    monkeypatch.setattr(warming, "time", clock)
    warm_up(engine, ROW, 32)
    assert [len(batch) for batch in engine.batches] == [1, 32, 1, FEW]


class Joining(DoublingEngine):
    """Gives one row however many it is given."""

    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Return the first row."""
        return {"y": super().run(inputs)["y"][:1]}


def test_a_model_that_does_not_keep_its_rows_apart_is_refused() -> None:
    with pytest.raises(InvalidModelCard, match=r"'y' in the shape \[1, 1\] for 3 rows"):
        warm_up(Joining(), {"x": np.ones(1, np.float32)}, 3)


def test_rows_of_zeros_have_the_shape_of_the_inputs() -> None:
    text = TensorSpec(name="t", dtype="object", shape=(-1, 2))
    (row,) = blank_rows((*specs({"x": (-1, 3), "z": (1,)}), text))
    assert {name: (array.shape, str(array.dtype)) for name, array in row.items()} == {
        "x": ((3,), "float32"),
        "z": ((), "float32"),
        "t": ((2,), "object"),
    }
    assert row["t"].tolist() == ["", ""]


class Wide(DoublingEngine):
    """Takes rows of more than ten numbers only, as a convolution takes images of some size."""

    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Return y = 2x."""
        if inputs["x"].shape[1] < 10:
            raise RuntimeError("too small")
        return super().run(inputs)


def test_without_an_example_zeros_warm_the_model_up_in_a_size_that_it_takes() -> None:
    engine = Wide()
    warmed = warm_up_blank(engine, specs({"x": (-1, -1)}), 2)
    assert warmed.sentence.startswith("Warmed up with up to 2 rows;")
    assert warmed.seconds.keys() == {1, 2}
    assert engine.batches[:2] == [[0], [0, 0]]


@pytest.mark.parametrize(
    "spec",
    [
        TensorSpec(name="x", dtype="float32", shape=(-1, -1)),
        TensorSpec(name="x", dtype="object", shape=(-1, 3)),
    ],
    ids=["any size", "texts"],
)
def test_a_model_that_may_need_other_values_than_zeros_is_served_cold(spec: TensorSpec) -> None:
    engine = DoublingEngine()  # an empty text is no number that it could double
    engine.poison = 0
    warmed = warm_up_blank(engine, (spec,), 2)
    assert warmed.sentence.startswith("Not warmed up")
    assert not warmed.seconds


def test_a_model_that_cannot_run_zeros_of_its_own_shape_is_refused() -> None:
    engine = DoublingEngine()
    engine.poison = 0
    with pytest.raises(InvalidModelCard, match="poison"):
        warm_up_blank(engine, specs({"x": (-1, 3)}), 2)


def test_a_model_that_cannot_run_says_for_how_many_rows() -> None:
    row = {"x": np.array([DoublingEngine.poison], np.float32)}
    with pytest.raises(InvalidModelCard, match="cannot run 1 rows: poison"):
        warm_up(DoublingEngine(), row, 4)
