"""The checks before a model is served: what does not fit is named."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from model_service.arrays import Array
from model_service.checks import (
    check_golden,
    check_signature,
    fit_batch,
)
from model_service.errors import (
    GoldenMismatch,
    InvalidInstance,
    InvalidModelCard,
    ModelFault,
)
from model_service.model_card import TensorSpec
from model_service.model_folder import GoldenExamples
from model_service.settings import Settings

Shapes = dict[str, tuple[int, ...]]


def specs(shapes: Shapes) -> tuple[TensorSpec, ...]:
    """Return float32 specs of the given names and shapes."""
    return tuple(TensorSpec(name=n, dtype="float32", shape=s) for n, s in shapes.items())


@pytest.mark.parametrize(
    ("what", "stated", "real"),
    [
        ("input", {"x": (-1, 3)}, {"x": (-1, 3)}),
        ("input", {"x": (-1, 3)}, {"x": (-1, -1)}),
        ("input", {"b": (-1, 2), "a": (-1, 1)}, {"a": (-1, 1), "b": (-1, 2)}),
        ("output", {"y": (-1, 3)}, {"z": (-1, 1), "y": (-1, 3)}),
    ],
    ids=["same", "any size", "any order", "an output that is not used"],
)
def test_a_signature_that_fits_is_accepted(what: str, stated: Shapes, real: Shapes) -> None:
    check_signature(what, specs(stated), specs(real))


@pytest.mark.parametrize(
    ("what", "stated", "real", "word"),
    [
        ("input", {"z": (-1, 3)}, {"x": (-1, 3)}, r"z float32\[-1, 3\]"),
        ("input", {"x": (-1, 4)}, {"x": (-1, 3)}, r"x float32\[-1, 3\]"),
        ("input", {"x": (-1, -1)}, {"x": (-1, 3)}, r"x float32\[-1, -1\]"),
        ("input", {"x": (-1, 3)}, {"x": (-1, 3), "mask": (-1, 3)}, "needs 2 inputs"),
        ("input", {"x": (-1,), "mask": (-1,)}, {"x": (-1,)}, "mask"),
        ("output", {"y": (-1, 3)}, {"y": (-1, 2)}, r"output y float32\[-1, 3\]"),
        ("output", {"y": (-1, 3)}, {"z": (-1, 3)}, r"output y"),
    ],
)
def test_a_signature_that_does_not_fit_is_named(
    what: str, stated: Shapes, real: Shapes, word: str
) -> None:
    with pytest.raises(InvalidModelCard, match=word):
        check_signature(what, specs(stated), specs(real))


@pytest.mark.parametrize(
    ("shapes", "rows"),
    [
        ({"x": (-1, 3)}, 8),
        ({"x": (1, 3)}, 1),
        ({"x": (1, 3), "z": (1,)}, 1),
        ({"x": (-1, 3), "z": (1,)}, 1),
    ],
)
def test_a_model_of_one_row_is_run_row_by_row(shapes: Shapes, rows: int) -> None:
    assert fit_batch(Settings(max_batch_size=8), specs(shapes)).max_batch_size == rows


@pytest.mark.parametrize("shapes", [{"x": (8, 3)}, {"x": (-1, 3), "z": (2,)}, {"x": (0,)}])
def test_a_batch_of_another_fixed_size_is_refused(shapes: Shapes) -> None:
    with pytest.raises(InvalidModelCard, match="-1 or 1"):
        fit_batch(Settings(), specs(shapes))


class Outputs:
    """A pipeline whose outputs are computed by a function of the instance."""

    def __init__(self, function: Callable[[Any], Array]) -> None:
        self._function = function

    def outputs(self, instances: list[Any], deadline: object) -> list[dict[str, Array]]:
        """Return an output `y` for each instance."""
        return [{"y": self._function(instance)} for instance in instances]


def check(
    function: Callable[[Any], Array], instances: list[Any], expected: list[Any], name: str = "y"
) -> None:
    """Check golden examples with a tolerance of 0.01."""
    examples = GoldenExamples(instances, {name: expected})
    check_golden(Outputs(function), examples, 0.01)  # type: ignore[arg-type]


@pytest.mark.parametrize("off", [0, 0.009, -0.009])
def test_golden_examples_within_the_tolerance_pass(off: float) -> None:
    check(lambda x: np.array([x, off]), [0.5, 1], [[0.5, 0], [1, 0]])


def test_beyond_one_the_tolerance_is_relative() -> None:
    check(lambda x: np.array([1000.0 + 9]), [0], [[1000]])
    with pytest.raises(GoldenMismatch):
        check(lambda x: np.array([1000.0 + 11]), [0], [[1000]])


@pytest.mark.parametrize(
    "values",
    [[0, 0.02], [0, np.nan], [0, np.inf], [0, 0, 0], []],
    ids=["off", "not a number", "infinite", "longer", "empty"],
)
def test_an_output_other_than_the_golden_one_is_refused(values: list[float]) -> None:
    with pytest.raises(GoldenMismatch, match="Golden example 0 .*'y'"):
        check(lambda x: np.array(values), [0], [[0, 0]])


def test_the_example_at_fault_is_counted_from_zero() -> None:
    with pytest.raises(GoldenMismatch, match=r"Golden example 2 differs by 1 "):
        check(lambda x: np.array([x]), [0.0, 1.0, 2.0], [[0], [1], [1]])


@pytest.mark.parametrize(
    ("given", "expected", "words"),
    [
        (
            [[1, 2], [3, 4.5]],
            [[1, 2], [3, 4]],
            r"differs by 0.125 in output 'y'\[1\]\[1\], 4.5 inst",
        ),
        ([0, np.nan], [0, 1], r"differs by nan in output 'y'\[1\], nan instead of 1, and the tol"),
        ([0, 0, 0], [0, 0], r"has another shape in output 'y', \[3\] instead of \[2\]"),
        (2, 1, r"differs by 1 in output 'y', 2 instead of 1, and the tolerance is 0.01"),
        (
            np.array([b"cat"], object),
            ["dog"],
            r"differs by inf in output 'y'\[0\], 'cat' instead of",
        ),
    ],
    ids=["of several dimensions", "not a number", "shape", "a number alone", "text"],
)
def test_the_difference_is_told_with_its_place(given: Any, expected: Any, words: str) -> None:
    with pytest.raises(GoldenMismatch, match=f"Golden example 0 {words}"):
        check(lambda x: np.asarray(given), [0], [expected])


@pytest.mark.parametrize("given", [["cat", "dog"], [b"cat", b"dog"]])
def test_texts_must_be_equal(given: list[Any]) -> None:
    check(lambda x: np.array(given, object), [0], [["cat", "dog"]])


def test_outputs_of_no_numbers_match() -> None:
    check(lambda x: np.zeros((0, 4)), [0], [np.zeros((0, 4))])


@pytest.mark.parametrize("expected", [["much"], [None], [{"y": 1}], [[[1], [1, 2]]]])
def test_golden_values_that_are_no_numbers_are_refused(expected: list[Any]) -> None:
    with pytest.raises(GoldenMismatch, match="Golden example 0"):
        check(lambda x: np.array([1.0]), [0], expected)


def test_a_golden_output_that_the_model_has_not_is_named() -> None:
    with pytest.raises(GoldenMismatch, match="'scores'"):
        check(lambda x: np.array([1.0]), [0], [[1]], name="scores")


@pytest.mark.parametrize(
    "error", [InvalidInstance("Instance 0: no list."), ModelFault("It broke.")]
)
def test_an_example_that_cannot_be_run_says_why(error: Exception) -> None:
    def fail(_: object) -> Array:
        raise error

    with pytest.raises(GoldenMismatch, match=f"Golden example 0 cannot be run: {error}"):
        check(fail, [0], [[1]])
