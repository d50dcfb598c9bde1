"""The proof of a quantized artefact: differences are counted, and floors are kept."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from model_service.arrays import Array, Arrays
from model_service.model_card import ModelCard, Quantization, TensorSpec
from model_service.quantization import base
from model_service.quantization.base import (
    BATCH_SIZES,
    STEP,
    ClassShares,
    Comparison,
    compare,
    golden_gap,
)
from model_service.quantization.base_samples import Samples

from ..cards import card


class TableEngine:
    """Looks its answers up: sample i holds i, and the output row is `answers[i]`."""

    name = "table"
    device = "cpu"
    threads = 1
    dtype = "float32"
    inputs: tuple[TensorSpec, ...] = ()
    outputs: tuple[TensorSpec, ...] = ()

    def __init__(self, answers: Any) -> None:
        self._answers = np.array(answers)
        self.runs = 0

    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Return the answers of the given rows."""
        self.runs += 1
        return {"y": self._answers[inputs["x"][:, 0].astype(int)]}


def numbered(count: int, labels: list[int] | None = None) -> Samples:
    """Return samples whose rows are numbered."""
    indices = None if labels is None else np.array(labels)
    return Samples(count, lambda index: {"x": np.array([index], np.float32)}, indices)


def classifier() -> ModelCard:
    """Return the card of a classifier of two labels."""
    return card(task="classification")


def test_classifiers_agree_where_their_best_labels_are_the_same() -> None:
    original = TableEngine([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.7, 0.3]])
    quantized = TableEngine([[0.6, 0.4], [0.6, 0.4], [0.1, 0.9], [0.9, 0.1]])
    comparison = compare(original, quantized, numbered(4, [0, 1, 0, 1]), classifier())
    assert comparison.agreement == 0.75
    assert comparison.accuracy == (0.5, 0.25)
    assert comparison.classes == (
        ClassShares(0, 2, agreement=1, accuracy=(0.5, 0.5)),
        ClassShares(1, 2, agreement=0.5, accuracy=(0.5, 0)),
    )


def test_without_labels_classes_are_those_of_the_original() -> None:
    original = TableEngine([[0.9, 0.1], [0.9, 0.1], [0.1, 0.9]])
    quantized = TableEngine([[0.9, 0.1], [0.1, 0.9], [0.1, 0.9]])
    comparison = compare(original, quantized, numbered(3), classifier())
    assert comparison.accuracy is None
    assert comparison.classes == (ClassShares(0, 2, 0.5, None), ClassShares(1, 1, 1, None))


def test_scores_may_have_further_dimensions() -> None:
    original = TableEngine([[[[0.9, 0.1]]], [[[0.4, 0.6]]]])
    comparison = compare(original, original, numbered(2, [0, 1]), classifier())
    assert (comparison.agreement, comparison.accuracy) == (1, (1, 1))


def test_other_models_agree_where_all_their_numbers_are_close() -> None:
    original = TableEngine([[1, 1], [1, 1], [1, 1], [1, 1]])
    quantized = TableEngine([[1, 1], [1.09, 0.91], [1, 1.11], [0, 0]])
    raw = card(quantization={"golden_tolerance": 0.1})
    comparison = compare(original, quantized, numbered(4), raw)
    assert comparison.agreement == 0.5
    assert comparison.differences == pytest.approx([0, 0.09, 0.11, 1])
    assert comparison.classes == ()


def test_differences_of_large_numbers_are_relative_as_those_of_golden_examples() -> None:
    original, quantized = TableEngine([[1000.0], [-1000.0]]), TableEngine([[1050.0], [-1200.0]])
    comparison = compare(original, quantized, numbered(2), card())
    assert comparison.differences == pytest.approx([0.05, 0.2])
    assert comparison.agreement == 0.5


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_an_output_that_is_not_finite_agrees_with_none(value: float) -> None:
    original, quantized = TableEngine([[1, 1], [1, 1]]), TableEngine([[1, 1], [value, 1]])
    assert compare(original, quantized, numbered(2), card()).agreement == 0.5
    assert compare(quantized, quantized, numbered(2), card()).agreement == 0.5


def test_texts_agree_where_they_are_equal() -> None:
    original = TableEngine(np.array([["a"], ["b"]], object))
    quantized = TableEngine(np.array([["a"], ["c"]], object))
    assert compare(original, quantized, numbered(2), card()).agreement == 0.5


def test_outputs_of_another_shape_agree_with_none() -> None:
    original, quantized = TableEngine([[1, 1]]), TableEngine([[1, 1, 1]])
    assert compare(original, quantized, numbered(1), card()).agreement == 0


class TwoOutputs(TableEngine):
    """Gives a second output, in which there is no difference."""

    def run(self, inputs: Arrays) -> dict[str, Array]:
        answers = super().run(inputs)["y"]
        return {"z": np.zeros_like(answers), "y": answers}


SPECS = [{"name": name, "dtype": "float32", "shape": [-1, 2]} for name in ("z", "y")]


def test_the_output_that_the_card_scores_is_compared() -> None:
    scored = card(task="classification", outputs=SPECS, postprocessing={"output": "y"})
    original, quantized = TwoOutputs([[0.9, 0.1]]), TwoOutputs([[0.1, 0.9]])
    assert compare(original, quantized, numbered(1), scored).agreement == 0


def test_all_outputs_of_other_models_are_compared() -> None:
    original, quantized = TwoOutputs([[1.0, 1.0]]), TwoOutputs([[1.0, 2.0]])
    assert compare(original, quantized, numbered(1), card(outputs=SPECS)).agreement == 0


def test_every_sample_counts_when_they_fill_several_batches() -> None:
    count = 2 * STEP + 1
    original = TableEngine([[0.9, 0.1]] * count)
    quantized = TableEngine([[0.9, 0.1]] * (count - 1) + [[0.1, 0.9]])
    comparison = compare(original, quantized, numbered(count), classifier())
    assert comparison.agreement == pytest.approx((count - 1) / count)


def test_the_latency_of_each_batch_size_is_given_for_both_however_few_samples_there_are() -> None:
    rows: list[int] = []

    class Counting(TableEngine):
        def run(self, inputs: Arrays) -> dict[str, Array]:
            rows.append(len(inputs["x"]))
            return super().run(inputs)

    engine = Counting([[0.9, 0.1]] * 3)
    latency = compare(engine, engine, numbered(3), classifier()).latency_ms
    assert tuple(latency) == BATCH_SIZES
    assert all(before > 0 and after > 0 for before, after in latency.values())
    assert set(BATCH_SIZES) < set(rows)


def test_a_model_that_takes_one_row_at_a_time_is_given_one() -> None:
    rows: set[int] = set()

    class Counting(TableEngine):
        def run(self, inputs: Arrays) -> dict[str, Array]:
            rows.add(len(inputs["x"]))
            return super().run(inputs)

    single = card(
        task="classification", inputs=[{"name": "x", "dtype": "float32", "shape": [1, 1]}]
    )
    engine = Counting([[0.9, 0.1]] * 3)
    comparison = compare(engine, engine, numbered(3), single)
    assert (rows, tuple(comparison.latency_ms), comparison.agreement) == ({1}, (1,), 1)


def test_a_slow_model_is_not_run_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "LONGEST_S", 0.0)
    engine = TableEngine([[0.9, 0.1]])
    compare(engine, engine, numbered(1), classifier())
    assert engine.runs == 2 + 2 * base.FEWEST * len(BATCH_SIZES)


SOUND = Comparison({1: (2.0, 4.0), 16: (3.0, 2.0)}, 0.995, (0.98, 0.975))


def test_the_speed_is_that_of_the_batch_that_gains_most() -> None:
    assert SOUND.speed == 1.5


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"agreement": 0.985}, "its agreement of 98.50% is below min_agreement, 99.00%"),
        (
            {"accuracy": (0.98, 0.965)},
            "its accuracy of 96.50% is 1.50% below the original's, and max_accuracy_loss is 1.00%",
        ),
        (
            {"latency_ms": {1: (1.0, 4.0)}},
            "its speed is 0.25 of the original's, and min_speed is 0.50",
        ),
    ],
)
def test_what_a_floor_is_not_reached_by_is_told(changes: dict[str, Any], sentence: str) -> None:
    assert SOUND.shortfalls(Quantization()) == []
    assert replace(SOUND, **changes).shortfalls(Quantization()) == [sentence]


def test_every_shortfall_is_told() -> None:
    poor = Comparison({1: (1.0, 4.0)}, 0.5, (0.9, 0.5))
    assert len(poor.shortfalls(Quantization())) == 3
    assert len(replace(poor, accuracy=None).shortfalls(Quantization())) == 2


@pytest.mark.parametrize(
    ("answers", "gap"),
    [
        ([[1.0, 2.0], [3.0, 400.0]], 0),
        ([[1.5, 2.0], [3.0, 400.0]], 0.5),
        ([[1.0, 2.0], [3.0, 500.0]], 0.25),
        ([[1.0], [3.0]], np.inf),
        ([[1.0, 2.0], [3.0, np.nan]], np.nan),
    ],
)
def test_golden_examples_are_missed_by_the_largest_difference(answers: Any, gap: float) -> None:
    rows = [{"x": np.array([index])} for index in range(2)]
    golden = {"y": [[1.0, 2.0], [3.0, 400.0]]}
    found = golden_gap(TableEngine(answers), rows, golden)
    assert found == pytest.approx(gap, nan_ok=True)


def test_no_golden_examples_are_not_missed() -> None:
    assert golden_gap(TableEngine([[1.0]]), [], {}) == 0
