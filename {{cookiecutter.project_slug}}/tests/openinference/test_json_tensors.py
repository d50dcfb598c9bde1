"""Tensors as JSON: every value comes through, and what does not fit is refused."""

from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from model_service.arrays import Array
from model_service.errors import InvalidRequest, ModelFault
from model_service.model_card import TensorSpec
from model_service.openinference.json_tensors import (
    read_json,
    write_json,
)

from .bodies import NAMES


def spec_of(dtype: str, rank: int = 1) -> TensorSpec:
    """Return an input named x of any size."""
    return TensorSpec(name="x", dtype=dtype, shape=(-1,) * rank)


def read(data: Any, dtype: str, shape: list[int]) -> Array:
    """Read values as JSON."""
    return read_json(msgspec.Raw(msgspec.json.encode(data)), spec_of(dtype, len(shape)), shape)


def arrays_of(dtype: str) -> st.SearchStrategy[Array]:
    """Return a strategy of arrays that JSON can hold."""
    elements: st.SearchStrategy[Any] | None = st.text() if dtype == "object" else None
    if dtype.startswith("float"):
        width: Any = int(dtype.removeprefix("float"))
        elements = st.floats(allow_nan=False, allow_infinity=False, width=width)
    shapes = hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=4)
    return hnp.arrays(np.dtype(dtype), shapes, elements=elements)


@pytest.mark.parametrize("dtype", NAMES.values())
@settings(max_examples=30)
@given(data=st.data(), nested=st.booleans())
def test_what_is_written_is_read_again(dtype: str, nested: bool, data: st.DataObject) -> None:
    array = data.draw(arrays_of(dtype))
    values = array.tolist() if nested else write_json("x", array)
    back = read(values, dtype, list(array.shape))
    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array)


@pytest.mark.parametrize(
    ("dtype", "data"),
    [
        ("bool", [1]),
        ("bool", ["true"]),
        ("int8", [128]),
        ("int8", [-129]),
        ("int32", [1.5]),
        ("int32", [True]),
        ("int32", ["1"]),
        ("uint8", [-1]),
        ("uint64", [2**64]),
        ("int64", [10**30]),
        ("float16", [70_000]),
        ("float32", [1e39]),
        ("float32", ["1"]),
        ("float32", [False]),
        ("float32", [None]),
        ("object", [1]),
        ("float32", 1),
        ("float32", {"0": 1}),
    ],
)
def test_what_does_not_fit_the_datatype_is_refused(dtype: str, data: object) -> None:
    with pytest.raises(InvalidRequest, match="'x'"):
        read(data, dtype, [1])


def test_a_number_of_six_thousand_digits_is_refused() -> None:
    for dtype in ("int64", "float64"):
        with pytest.raises(InvalidRequest):
            read_json(msgspec.Raw(b"[" + 6000 * b"9" + b"]"), spec_of(dtype), [1])


@pytest.mark.parametrize(
    "data", [[], [1], [1, 2, 3], [[1], [2]], [[1, 2], [3]], [[1, 2, 3, 4]], [[[1]], [[2]]]]
)
def test_values_that_are_not_those_of_the_shape_are_refused(data: object) -> None:
    for dtype, made in (("float32", data), ("object", to_text(data))):
        with pytest.raises(InvalidRequest, match="'x'"):
            read(made, dtype, [2, 2])


def to_text(data: object) -> object:
    """Return the lists with text in the place of numbers."""
    return [to_text(one) for one in data] if isinstance(data, list) else str(data)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_json_cannot_hold_is_a_fault_that_says_what_can(bad: float) -> None:
    with pytest.raises(ModelFault, match="'y' is not finite.*binary"):
        write_json("y", np.array([1, bad], np.float32))
