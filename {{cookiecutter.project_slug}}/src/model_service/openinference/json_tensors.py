"""Tensors as JSON: a list of the values in row-major order, flat or nested like the shape."""

import functools
import math
import re
from typing import Any

import msgspec
import numpy as np

from ..arrays import Array
from ..errors import InvalidRequest, ModelFault
from ..model_card import TensorSpec
from .datatypes import datatype_of, is_finite

ELEMENTS: dict[str, type] = {"b": bool, "i": int, "u": int, "f": float, "O": str}
NESTED = re.compile(rb"\s*\[\s*\[")


def read_json(data: msgspec.Raw, spec: TensorSpec, shape: list[int]) -> Array:
    """Return an array of the shape from JSON.

    A number must fit the datatype, and a boolean or text is none. Raises InvalidRequest.
    """
    dtype, text, count = np.dtype(spec.dtype), memoryview(data), math.prod(shape)
    depth = len(shape) if NESTED.match(text) else 1
    try:
        values = _decoder(ELEMENTS[dtype.kind], depth).decode(text)
        with np.errstate(over="ignore"):
            array = np.array(values, dtype)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidRequest(f"The data of input {spec.name!r} cannot be read: {error}.") from None
    except OverflowError:
        raise _misfit(spec) from None
    except ValueError:
        raise InvalidRequest(f"The lists of input {spec.name!r} differ in length.") from None
    nested_right = depth == 1 or not count or list(array.shape) == shape
    if array.size != count or not nested_right:
        raise InvalidRequest(
            f"Input {spec.name!r} has the shape {shape}, and its data {array.size} values"
            f" in the shape {list(array.shape)}."
        )
    if not is_finite(array):
        raise _misfit(spec)
    return array.reshape(shape)


def write_json(name: str, array: Array) -> list[Any]:
    """Return the values as a flat list; raises ModelFault for what JSON cannot hold."""
    if not is_finite(array):
        raise ModelFault(
            f"The model's output {name!r} is not finite for this input, which JSON cannot hold:"
            " ask for it as binary data to see it."
        )
    values: list[Any] = array.ravel().tolist()
    if array.dtype.kind not in "OS":
        return values
    return [v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in values]


@functools.cache
def _decoder(element: type, depth: int) -> msgspec.json.Decoder[Any]:
    nested: Any = element
    for _ in range(depth):
        nested = list[nested]
    return msgspec.json.Decoder(nested)


def _misfit(spec: TensorSpec) -> InvalidRequest:
    return InvalidRequest(
        f"The data of input {spec.name!r} has a number that {datatype_of(spec.dtype)} cannot hold."
    )
