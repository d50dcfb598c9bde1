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
from .datatypes import is_finite

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
    except (msgspec.DecodeError, ValueError, OverflowError) as error:
        raise InvalidRequest(f"The data of input {spec.name!r} cannot be used: {error}.") from None
    nested_right = depth == 1 or not count or list(array.shape) == shape
    if array.size != count or not nested_right:
        raise InvalidRequest(f"The data of input {spec.name!r} are not those of the shape {shape}.")
    if not is_finite(array):
        raise InvalidRequest(f"A number of input {spec.name!r} is more than {dtype} can hold.")
    return array.reshape(shape)


def write_json(name: str, array: Array) -> list[Any]:
    """Return the values as a flat list; raises ModelFault for what JSON cannot hold."""
    if not is_finite(array):
        raise ModelFault(
            f"The output {name!r} is not finite for this input: JSON cannot hold it, binary can."
        )
    values: list[Any] = array.ravel().tolist()
    return values


@functools.cache
def _decoder(element: type, depth: int) -> msgspec.json.Decoder[Any]:
    nested: Any = element
    for _ in range(depth):
        nested = list[nested]
    return msgspec.json.Decoder(nested)
