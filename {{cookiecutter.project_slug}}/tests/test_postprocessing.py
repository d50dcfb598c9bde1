"""Output rows become predictions; a card that cannot be followed is refused at start."""

from pathlib import Path
from typing import Any

import jsonschema_rs
import numpy as np
import pytest

from model_service.errors import InvalidModelCard, ModelFault
from model_service.model_folder import ModelFolder
from model_service.postprocessing import Postprocessor, prediction_schema

from .cards import card

Y = {"name": "y", "dtype": "float32", "shape": [-1, 3]}


@pytest.fixture
def classify(tmp_path: Path) -> Any:
    """Return a maker of classifiers over the labels a, b and c."""
    tmp_path.joinpath("labels.txt").write_text("a\nb\nc\n")

    def make(activation: str = "none", **changes: object) -> Postprocessor:
        postprocessing = {"labels": "labels.txt", "activation": activation}
        given = {"task": "classification", "outputs": [Y], "postprocessing": postprocessing}
        return Postprocessor(ModelFolder(tmp_path, card(**given | changes)))

    return make


def predict(postprocess: Postprocessor, row: dict[str, Any]) -> Any:
    """Return the prediction of one row."""
    (prediction,) = postprocess({name: values[None] for name, values in row.items()})
    return prediction


def test_the_best_label_comes_with_the_score_of_every_label(classify: Any) -> None:
    row = {"y": np.array([0.25, 0.5, 0.25], np.float32)}
    scores = {"a": 0.25, "b": 0.5, "c": 0.25}
    assert predict(classify(), row) == {"label": "b", "score": 0.5, "scores": scores}


@pytest.mark.parametrize(
    ("activation", "values", "scores"),
    [
        ("softmax", [0, 0, 0], [1 / 3, 1 / 3, 1 / 3]),
        ("softmax", [np.log(1), np.log(2), np.log(5)], [0.125, 0.25, 0.625]),
        ("softmax", [10_000, 10_000, -10_000], [0.5, 0.5, 0]),
        ("sigmoid", [0, np.log(3), -np.log(3)], [0.5, 0.75, 0.25]),
        ("sigmoid", [10_000, -10_000, 0], [1, 0, 0.5]),
        ("none", [3, -4, 0], [3, -4, 0]),
    ],
)
def test_the_activation_of_the_card_turns_outputs_into_scores(
    activation: str, values: list[float], scores: list[float], classify: Any
) -> None:
    prediction = predict(classify(activation), {"y": np.array(values, np.float32)})
    assert list(prediction["scores"].values()) == pytest.approx(scores, rel=1e-6)


def test_scores_may_be_whole_numbers_or_have_dimensions_of_one(classify: Any) -> None:
    assert predict(classify(), {"y": np.array([[1, 3, 2]], np.int64)})["label"] == "b"


def test_the_output_of_the_card_is_scored_and_others_are_not(classify: Any) -> None:
    other = {"name": "embedding", "dtype": "float32", "shape": [-1, 8]}
    postprocessor = classify(
        outputs=[other, Y], postprocessing={"output": "y", "labels": "labels.txt"}
    )
    row = {"embedding": np.zeros(8, np.float32), "y": np.array([1, 2, 9], np.float32)}
    assert predict(postprocessor, row)["label"] == "c"


def test_scores_without_a_label_each_are_a_fault_of_the_model(classify: Any) -> None:
    postprocessor = classify(outputs=[Y | {"shape": [-1, -1]}])
    with pytest.raises(ModelFault, match="2 scores for 3 labels"):
        predict(postprocessor, {"y": np.zeros(2, np.float32)})


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"outputs": [Y | {"shape": [-1, 4]}]}, "3 labels for 4 scores"),
        ({"postprocessing": {}}, "0 labels for 3 scores"),
        ({"postprocessing": {"labels": "labels.txt", "output": "z"}}, "'z'"),
        ({"postprocessing": {"labels": "names.txt"}}, r"names\.txt"),
    ],
)
def test_a_card_that_cannot_be_followed_is_refused(
    changes: dict[str, object], word: str, classify: Any
) -> None:
    with pytest.raises(InvalidModelCard, match=word):
        classify(**changes)


def test_a_label_that_stands_twice_is_refused(classify: Any, tmp_path: Path) -> None:
    tmp_path.joinpath("labels.txt").write_text("a\nb\na\n")
    with pytest.raises(InvalidModelCard, match=r"labels\.txt .*twice"):
        classify()


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"y": np.array([[1, 2], [3, 4]], np.float32)}, [[1.0, 2.0], [3.0, 4.0]]),
        ({"y": np.array(7, np.int64)}, 7),
        ({"y": np.array([True, False])}, [True, False]),
        ({"y": np.array(["cat", "chat"], object)}, ["cat", "chat"]),
        ({"y": np.array([1]), "z": np.array([2.5])}, {"y": [1], "z": [2.5]}),
    ],
)
def test_any_other_task_gives_the_output_row(
    row: dict[str, Any], expected: object, tmp_path: Path
) -> None:
    assert predict(Postprocessor(ModelFolder(tmp_path, card())), row) == expected


def test_the_schema_is_that_of_a_prediction(classify: Any, tmp_path: Path) -> None:
    labels = {"labels": "labels.txt"}
    classifier = card(task="classification", outputs=[Y], postprocessing=labels)
    prediction = predict(classify(), {"y": np.array([0.25, 0.5, 0.25], np.float32)})
    assert_fits(prediction, ModelFolder(tmp_path, classifier))
    assert_fits([1.0, 2.0, 3.0], ModelFolder(tmp_path, card(outputs=[Y])))
    several = card(outputs=[Y, {**Y, "name": "z"}])
    assert_fits({"y": [1, 2, 3], "z": [4, 5, 6]}, ModelFolder(tmp_path, several))


def assert_fits(prediction: object, model: ModelFolder) -> None:
    """Check a prediction against the schema of a model, and that no other fits it."""
    validator = jsonschema_rs.validator_for(prediction_schema(model))
    validator.validate(prediction)
    assert not validator.is_valid({"label": "d"})


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("task", ["classification", "raw"])
def test_an_output_that_is_not_finite_is_a_fault_of_the_model(
    task: str, value: float, classify: Any
) -> None:
    with pytest.raises(ModelFault, match="'y' is not finite"):
        predict(classify(task=task), {"y": np.array([0, value, 1], np.float16)})


def test_rows_stay_in_order(classify: Any) -> None:
    rows = {"y": np.array([[1, 2, 9], [9, 2, 1], [1, 9, 2]], np.float32)}
    assert [prediction["label"] for prediction in classify()(rows)] == ["c", "a", "b"]
