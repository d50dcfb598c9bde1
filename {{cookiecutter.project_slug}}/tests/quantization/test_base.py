"""The proof of a quantized artefact: samples are read with care, and differences are counted."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model_service.arrays import Array, Arrays
from model_service.errors import InvalidModelCard
from model_service.model_card import ModelCard, Quantization, TensorSpec
from model_service.model_folder import ModelFolder
from model_service.quantization.base import (
    BATCH_SIZES,
    Comparison,
    compare,
    read_samples,
)

from ..cards import card


class TableEngine:
    """Looks its answers up: row i of the input holds i, the output row is `answers[i]`."""

    name = "table"
    device = "cpu"
    threads = 1
    dtype = "float32"
    inputs: tuple[TensorSpec, ...] = ()
    outputs: tuple[TensorSpec, ...] = ()

    def __init__(self, answers: list[list[float]]) -> None:
        self._answers = np.array(answers)

    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Return the answers of the given rows."""
        return {"y": self._answers[inputs["x"][:, 0].astype(int)]}


def numbered(count: int) -> dict[str, Array]:
    """Return samples whose rows are numbered."""
    return {"x": np.arange(count, dtype=np.float32)[:, None]}


def saved(folder: Path, **arrays: Any) -> Path:
    """Write arrays as samples are."""
    path = folder / "samples.npz"
    np.savez_compressed(path, **arrays)
    return path


def classifier() -> ModelCard:
    """Return the card of a classifier of two labels."""
    return card(task="classification")


@pytest.mark.parametrize("kind", ["calibration", "evaluation"])
def test_the_shipped_samples_fit_the_model(kind: str, model: ModelFolder) -> None:
    name = getattr(model.card.quantization, kind)
    samples, labels = read_samples(model.file(name), model.card)
    assert samples.keys() == {spec.name for spec in model.card.inputs}
    (count,) = {len(rows) for rows in samples.values()}
    assert count > 0
    assert labels is None or labels.shape == (count,)


def test_samples_get_the_dtype_of_the_model(tmp_path: Path) -> None:
    samples, labels = read_samples(saved(tmp_path, x=np.ones((4, 3), np.int64)), card())
    assert samples["x"].dtype == np.float32
    assert labels is None


def test_labels_are_kept_apart_and_what_else_there_is_is_left_out(tmp_path: Path) -> None:
    path = saved(tmp_path, x=np.ones((2, 3)), label=np.array([0, 1]), weight=np.ones(2))
    samples, labels = read_samples(path, card())
    assert samples.keys() == {"x"}
    assert labels is not None
    assert labels.tolist() == [0, 1]


@pytest.mark.parametrize(
    "arrays",
    [{"z": np.ones((2, 3))}, {"x": np.array([{}, None])}, {"x": np.array(["one", "two"])}],
    ids=["another name", "objects", "words"],
)
def test_samples_that_are_not_the_models_inputs_are_refused(
    arrays: dict[str, Array], tmp_path: Path
) -> None:
    with pytest.raises(InvalidModelCard, match=r"samples\.npz"):
        read_samples(saved(tmp_path, **arrays), card())


@pytest.mark.parametrize(
    "content", [b"", b"no archive", b"PK\x03\x04 torn"], ids=["empty", "text", "torn"]
)
def test_a_file_that_is_no_archive_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "samples.npz"
    path.write_bytes(content)
    with pytest.raises(InvalidModelCard, match=r"samples\.npz"):
        read_samples(path, card())


def test_a_single_array_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "samples.npz"
    with path.open("wb") as file:
        np.save(file, np.ones((2, 3)))
    with pytest.raises(InvalidModelCard, match=r"samples\.npz"):
        read_samples(path, card())


def test_classifiers_agree_where_their_best_labels_are_the_same() -> None:
    original = TableEngine([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.7, 0.3]])
    quantized = TableEngine([[0.6, 0.4], [0.6, 0.4], [0.1, 0.9], [0.9, 0.1]])
    labels = np.array([0, 1, 0, 1])
    comparison = compare(original, quantized, numbered(4), labels, classifier())
    assert comparison.agreement == 0.75
    assert comparison.accuracy == (0.5, 0.25)


def test_without_labels_there_is_no_accuracy() -> None:
    engine = TableEngine([[0.9, 0.1]])
    comparison = compare(engine, engine, numbered(1), None, classifier())
    assert (comparison.agreement, comparison.accuracy) == (1, None)


def test_other_models_agree_where_all_their_numbers_are_close() -> None:
    original = TableEngine([[1, 1], [1, 1], [1, 1], [1, 1]])
    quantized = TableEngine([[1, 1], [1.09, 0.91], [1, 1.11], [0, 0]])
    raw = card(quantization={"golden_tolerance": 0.1})
    assert compare(original, quantized, numbered(4), None, raw).agreement == 0.5


def test_an_output_that_is_not_finite_agrees_with_none() -> None:
    original, quantized = TableEngine([[1, 1], [1, 1]]), TableEngine([[1, 1], [np.nan, 1]])
    assert compare(original, quantized, numbered(2), None, card()).agreement == 0.5


def test_the_output_that_the_card_scores_is_compared() -> None:
    class TwoOutputs(TableEngine):
        def run(self, inputs: Arrays) -> dict[str, Array]:
            answers = super().run(inputs)["y"]
            return {"z": np.zeros_like(answers), "y": answers}

    specs = [{"name": name, "dtype": "float32", "shape": [-1, 2]} for name in ("z", "y")]
    scored = card(task="classification", outputs=specs, postprocessing={"output": "y"})
    original, quantized = TwoOutputs([[0.9, 0.1]]), TwoOutputs([[0.1, 0.9]])
    assert compare(original, quantized, numbered(1), None, scored).agreement == 0


def test_every_sample_counts_when_they_fill_several_batches() -> None:
    count = 2 * max(BATCH_SIZES) + 1
    original = TableEngine([[0.9, 0.1]] * count)
    quantized = TableEngine([[0.9, 0.1]] * (count - 1) + [[0.1, 0.9]])
    comparison = compare(original, quantized, numbered(count), None, classifier())
    assert comparison.agreement == pytest.approx((count - 1) / count)


def test_the_latency_of_each_batch_size_is_given_for_both() -> None:
    engine = TableEngine([[0.9, 0.1]] * 16)
    latency = compare(engine, engine, numbered(16), None, classifier()).latency_ms
    assert tuple(latency) == BATCH_SIZES
    assert all(before > 0 and after > 0 for before, after in latency.values())


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
