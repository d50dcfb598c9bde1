"""Whatever an instance of numbers holds: it becomes the model's arrays, or an error names it."""

from typing import Any

import numpy as np
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from model_service.errors import InvalidInstance

from ..values import JSON_VALUES
from .test_tensor import FEATURES, preprocessor, spec

DTYPES = ("float16", "float32", "float64", "int8", "uint8", "int64", "uint64", "bool", "object")
SHAPES = ((), (3,), (-1,), (2, 2), (-1, 2, -1))
CLOSE = st.recursive(  # nearly sound: numbers in lists, here and there something else
    st.integers() | st.floats() | st.booleans() | st.text(max_size=2) | st.none(),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.sampled_from("ab"), values),
    max_leaves=12,
)
NAMED = st.dictionaries(st.sampled_from([*FEATURES, "colour"]), CLOSE)
quickly = hypothesis_settings(deadline=None, max_examples=200)


def check(instance: object, *inputs: dict[str, Any], features: list[str] | None = None) -> None:
    """Check the arrays of an instance, or that it is refused in the words of the service."""
    try:
        made = preprocessor(*inputs, features=features)(instance)
    except InvalidInstance:
        return
    assert list(made) == [one["name"] for one in inputs]
    for one in inputs:
        array = made[one["name"]]
        assert array.dtype == one["dtype"]
        assert len(array.shape) == len(one["shape"]) - 1
        for size, wanted in zip(array.shape, one["shape"][1:], strict=True):
            assert wanted in (-1, size)
        if array.dtype.kind == "f":
            assert np.isfinite(array).all()


@quickly
@given(instance=JSON_VALUES | CLOSE, dtype=st.sampled_from(DTYPES), shape=st.sampled_from(SHAPES))
def test_any_value_fits_the_input_or_is_refused(
    instance: object, dtype: str, shape: tuple[int, ...]
) -> None:
    check(instance, spec("x", dtype, *shape))


@quickly
@given(instance=JSON_VALUES | NAMED, shape=st.sampled_from([(3,), (-1,), (2, 3), ()]))
@example(instance=[0, 0, 0, None], shape=(3,))
def test_any_features_fit_or_are_refused(instance: object, shape: tuple[int, ...]) -> None:
    check(instance, spec("x", "float32", *shape), features=FEATURES)


@quickly
@given(instance=JSON_VALUES | st.dictionaries(st.sampled_from("abc"), CLOSE))
def test_any_inputs_fit_or_are_refused(instance: object) -> None:
    check(instance, spec("a", "int64", -1), spec("b", "bool"))


@quickly
@given(
    array=st.sampled_from([dtype for dtype in DTYPES if dtype != "object"]).flatmap(
        lambda dtype: arrays.arrays(
            dtype,
            arrays.array_shapes(min_dims=2, max_dims=2, max_side=4),
            elements={} if dtype[0] != "f" else {"allow_nan": False, "allow_infinity": False},
        )
    )
)
def test_numbers_come_out_as_they_went_in(array: Any) -> None:
    made = preprocessor(spec("x", str(array.dtype), -1, -1))(array.tolist())["x"]
    assert made.dtype == array.dtype
    assert np.array_equal(made, array)
