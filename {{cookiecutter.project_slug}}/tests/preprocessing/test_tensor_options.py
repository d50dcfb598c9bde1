"""Numbers are standardised as the card says; what does not fit the model is refused."""

from typing import Any

import numpy as np
import pytest

from model_service.errors import InvalidInstance, InvalidModelCard
from model_service.preprocessing.tensor import Preprocessor
from model_service.preprocessing.tensor_options import read_options
from model_service.settings import Settings

from ..cards import card
from .test_tensor import spec


def standardised(instance: object, *shape: int, dtype: str = "float32", **options: Any) -> Any:
    """Return the row of an instance under the options of a card."""
    of = card(inputs=[spec("x", dtype, *shape)], preprocessing=options)
    return Preprocessor(of, Settings())(instance)["x"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [1, 4, -2]),
        ({"mean": [1, 2, 3]}, [0, 2, -5]),
        ({"std": [2, 2, 4]}, [0.5, 2, -0.5]),
        ({"mean": [1, 2, 3], "std": [1, 2, 5]}, [0, 1, -1]),
        ({"mean": [1], "std": [0.5]}, [0, 6, -6]),
    ],
)
@pytest.mark.parametrize("given", [list, np.float32, np.float64], ids=["JSON", "f4", "f8"])
def test_mean_is_taken_off_and_then_std_divides(
    given: Any, options: dict[str, Any], expected: list[float]
) -> None:
    instance = [1, 4, -2] if given is list else np.array([1, 4, -2], given)
    row = standardised(instance, 3, **options)
    assert row.dtype == np.float32
    assert row.tolist() == expected


def test_they_belong_to_the_last_dimension() -> None:
    row = standardised([[1, 2], [3, 4], [5, 6]], 3, 2, mean=[1, 2])
    assert row.tolist() == [[0, 0], [2, 2], [4, 4]]


def test_one_number_serves_any_width_and_a_number_alone() -> None:
    assert standardised([255, 51], -1, std=[255]).tolist() == pytest.approx([1, 0.2])
    assert standardised(6, mean=[4], std=[2]).tolist() == 1


def test_a_number_that_standardising_makes_too_large_is_refused() -> None:
    with pytest.raises(InvalidInstance, match=r"'x'\[1\] does not fit float16"):
        standardised([1, 60000], 2, dtype="float16", std=[1e-3, 1e-3])


@pytest.mark.parametrize(
    ("inputs", "options", "word"),
    [
        ([spec("x", "float32", 3)], {"mean": [1, 2]}, "mean has 2 numbers"),
        ([spec("x", "float32", -1)], {"std": [1, 2]}, "std has 2 numbers"),
        ([spec("x", "float32")], {"std": [1, 2]}, "std has 2 numbers"),
        ([spec("x", "int64", 3)], {"mean": [1]}, "one float input"),
        ([spec("x", "float32", 3)] * 2, {"mean": [1]}, "one float input"),
        ([spec("x", "float32", 3)], {"std": [1, 0, 1]}, "std"),
        ([spec("x", "float32", 3)], {"mean": 1}, "mean"),
        ([spec("x", "float32", 3)], {"features": ["a", "b"]}, "2 features"),
        ([spec("x", "float32", 3)], {"features": ["a", "b", "a"]}, "2 features|twice"),
    ],
)
def test_what_does_not_fit_the_model_is_refused(
    inputs: list[dict[str, Any]], options: dict[str, Any], word: str
) -> None:
    with pytest.raises(InvalidModelCard, match=word):
        read_options(card(inputs=inputs, preprocessing=options))
