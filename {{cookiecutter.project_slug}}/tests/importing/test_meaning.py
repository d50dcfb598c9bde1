"""What outputs mean is told by their shape, by labels, and by a run of zeros."""

from pathlib import Path

import numpy as np
import pytest

from model_service.arrays import Array, Arrays
from model_service.errors import ImportRefused
from model_service.formats import Signature
from model_service.importing.meaning import labels_of, meaning, scored
from model_service.model_card import TensorSpec

from ..engines import DoublingEngine

X = TensorSpec(name="x", dtype="float32", shape=(-1, -1))
LOGITS = TensorSpec(name="logits", dtype="float32", shape=(-1, 2))
BOXES = TensorSpec(name="boxes", dtype="float32", shape=(-1, 4))


def signature(*outputs: TensorSpec, labels: tuple[str, ...] = ()) -> Signature:
    """Return the signature of a model with such outputs."""
    return Signature((X,), outputs, labels=labels)


@pytest.fixture
def two(tmp_path: Path) -> str:
    """Return a file of two labels."""
    path = tmp_path / "labels"
    path.write_text("cat\ndog\n")
    return str(path)


def test_labels_name_the_columns_of_the_output_that_has_as_many(two: str) -> None:
    told = meaning(signature(BOXES, LOGITS), two, None, None)
    assert (told.task, told.output, told.labels) == ("classification", "logits", ("cat", "dog"))
    assert not told.unknown


def test_labels_of_the_file_itself_are_taken() -> None:
    told = meaning(signature(LOGITS, labels=("a", "b")), None, None, "sigmoid")
    assert (told.task, told.labels, told.activation) == ("classification", ("a", "b"), "sigmoid")


def test_labels_of_the_file_that_fit_no_output_make_no_classification() -> None:
    told = meaning(signature(BOXES, labels=("a", "b")), None, None, None)
    assert (told.task, told.labels) == ("raw", ())


def test_without_labels_the_rows_are_the_answers_and_labels_are_asked_for() -> None:
    told = meaning(signature(BOXES, LOGITS), None, None, None)
    assert (told.task, told.output, told.activation) == ("raw", "boxes", "none")
    assert set(told.unknown) == {"labels"}
    assert not meaning(signature(BOXES), None, "raw", None).unknown


def test_given_labels_that_fit_no_output_are_refused(two: str) -> None:
    with pytest.raises(ImportRefused, match=r"2 labels.*boxes float32\[-1, 4\]"):
        meaning(signature(BOXES), two, None, None)


def test_a_classification_needs_labels() -> None:
    with pytest.raises(ImportRefused, match="--labels"):
        meaning(signature(LOGITS), None, "classification", None)


@pytest.mark.parametrize("content", [b"", b"a\na", b"a\n\nb", b"\xff\xfe", b"[1]"])
def test_labels_that_cannot_be_used_are_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "labels"
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match=f"^{path}"):
        labels_of(path)


class Scoring(DoublingEngine):
    """Gives the same scores for every row."""

    def __init__(self, *scores: float) -> None:
        super().__init__()
        self.scores = np.array(scores, np.float32)

    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Return the scores for each row."""
        return {"logits": np.stack([self.scores] * len(inputs["x"]))}


@pytest.mark.parametrize(
    ("scores", "activation"),
    [((0.3, 0.7), "none"), ((0.996, 0.0), "none"), ((2, -1), "softmax"), ((0, 0), "softmax")],
    ids=["probabilities", "of integers", "sum to 1, and no probabilities", "zeros"],
)
def test_a_run_tells_probabilities_from_logits(scores: tuple[float, ...], activation: str) -> None:
    told = scored(meaning(signature(LOGITS, labels=("a", "b")), None, None, None), Scoring(*scores))
    assert told.activation == activation
    assert len(told.said) == 2


def test_a_given_activation_stays() -> None:
    told = meaning(signature(LOGITS, labels=("a", "b")), None, None, "sigmoid")
    assert scored(told, Scoring(0.3, 0.7)) == told


def test_a_model_that_cannot_run_zeros_has_softmax() -> None:
    engine = DoublingEngine()
    engine.poison = 0
    told = scored(meaning(signature(LOGITS, labels=("a", "b")), None, None, None), engine)
    assert told.activation == "softmax"
