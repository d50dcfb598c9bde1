"""What is often mistaken about numbers is found, and the card's lines that cure it are told."""

from pathlib import Path
from typing import Any

import pytest

from model_service.preprocessing import tensor
from model_service.preprocessing.tensor_confusions import confusions

from ..cards import card
from .mistakes import cure, told
from .test_tensor import spec

FEATURES = ["width", "Age", "height", "colour"]
ROWS = [[3.0, 41.0, 1.5, 0.2], [2.5, 17.0, 9.5, 0.9], [8.0, 77.0, 4.5, 0.4]]
NAMED = [dict(zip(["Age", "width", "colour", "height"], row, strict=True)) for row in ROWS]
MEAN, STD = [4.0, 40.0, 5.0, 0.5], [2.0, 25.0, 4.0, 0.25]


def tell(
    folder: Path, instances: list[Any], trained: dict[str, Any], served: dict[str, Any]
) -> str:
    """Return what is told of a model of four numbers."""
    return told(folder, tensor, (4,), instances, trained, served)


@pytest.mark.parametrize(
    ("instances", "trained", "served"),
    [
        (NAMED, {"features": list(NAMED[0])}, {"features": FEATURES}),
        (NAMED, {"features": sorted(FEATURES)}, {"features": FEATURES}),
        (NAMED, {"features": sorted(FEATURES, key=str.lower)}, {"features": FEATURES}),
        (NAMED, {"features": FEATURES[::-1]}, {"features": FEATURES}),
        (ROWS, {"mean": [], "std": []}, {"mean": MEAN, "std": STD}),
        (ROWS, {"mean": []}, {"mean": MEAN}),
        (ROWS, {"mean": MEAN, "std": []}, {"mean": MEAN, "std": STD}),
        (ROWS, {"mean": [], "std": STD}, {"mean": MEAN, "std": STD}),
        (ROWS, {"std": [1.5, 5.0, 2.0, 0.5]}, {"std": [2.25, 25.0, 4.0, 0.25]}),
        (ROWS, {"std": [255.0]}, {}),
        (ROWS, {"mean": [127.5], "std": [127.5]}, {}),
    ],
)
def test_one_mistake_is_told_with_its_cure(
    instances: list[Any], trained: dict[str, Any], served: dict[str, Any], tmp_path: Path
) -> None:
    found = cure(tell(tmp_path, instances, trained, served))
    assert served | found == served | trained


def test_two_mistakes_at_once_are_told_with_their_cure(tmp_path: Path) -> None:
    trained = {"features": sorted(FEATURES)}
    served = {"features": FEATURES, "mean": MEAN, "std": STD}
    found = cure(tell(tmp_path, NAMED, trained, served))
    assert found == trained | {"mean": [], "std": []}


def test_a_mistake_that_is_not_known_is_not_claimed_to_be_found(tmp_path: Path) -> None:
    text = tell(tmp_path, ROWS, {"mean": MEAN, "std": STD}, {})
    assert "None of " in text
    assert "makes all" not in text


def test_an_example_of_other_features_gives_no_order() -> None:
    of = card(inputs=[spec("x", "float32", 2)], preprocessing={"features": ["b", "a"]})
    orders, _ = confusions(of, [{"a": 1}, {"a": 1, "c": 2}, [1, 2], "ab", {"a": 1, "b": 2, "c": 3}])
    assert {change.settings["features"] for change in orders} == {("a", "b")}
    assert "example" not in orders[0].words


@pytest.mark.parametrize(
    "inputs",
    [[spec("x", "float32", 4), spec("z", "float32", 4)], [spec("x", "int64", 4)]],
    ids=["several inputs", "whole numbers"],
)
def test_a_model_that_is_not_standardised_here_has_no_change_that_fits(
    inputs: list[dict[str, Any]],
) -> None:
    of = card(inputs=inputs, preprocessing={})
    assert confusions(of, [[1, 2, 3, 4]]) == [[], []]
