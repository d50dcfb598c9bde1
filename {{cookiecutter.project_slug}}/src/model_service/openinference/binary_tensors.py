"""Tensors as bytes: little-endian and row-major, as NumPy keeps them on the CPUs that we serve on.

An element of BYTES is its length, four bytes, and then so many bytes.
"""

import math
import struct

import numpy as np

from ..arrays import Array
from ..errors import InvalidRequest
from ..model_card import TensorSpec

LENGTH = struct.Struct("<I")


def read_binary(data: memoryview, spec: TensorSpec, shape: list[int]) -> Array:
    """Return a read-only array over the bytes, without a copy; text is copied.

    Raises InvalidRequest unless they are exactly the elements of the shape.
    """
    dtype, count = np.dtype(spec.dtype), math.prod(shape)
    if dtype.kind == "O":
        return _read_texts(data, spec.name, count).reshape(shape)
    if len(data) != (size := count * dtype.itemsize):
        raise InvalidRequest(f"Input {spec.name!r} needs {size} bytes, and has {len(data)}.")
    if dtype.kind == "b" and np.frombuffer(data, np.uint8).max(initial=0) > 1:
        raise InvalidRequest(f"Input {spec.name!r} has a byte that is no BOOL: send 0 or 1.")
    return np.frombuffer(data, dtype).reshape(shape)


def write_binary(array: Array) -> memoryview:
    """Return the bytes of the elements, without a copy where it can be."""
    if array.dtype.kind != "O":
        return np.ascontiguousarray(array).data
    texts = [text.encode() for text in array.ravel()]
    return memoryview(b"".join(LENGTH.pack(len(text)) + text for text in texts))


def text_of(data: memoryview, name: str) -> str:
    """Return an element of BYTES as the model takes it; raises InvalidRequest if it is no text."""
    try:
        return str(data, "utf-8")
    except UnicodeDecodeError:
        raise InvalidRequest(f"Input {name!r} has an element that is not UTF-8 text.") from None


def _read_texts(data: memoryview, name: str, count: int) -> Array:
    if count * LENGTH.size > len(data):  # before room is made for so many
        raise InvalidRequest(f"Input {name!r} has too few bytes for {count} elements.")
    texts = np.empty(count, object)
    start = 0
    for index in range(count):
        end = start + LENGTH.size
        if end <= len(data):
            start, end = end, end + LENGTH.unpack(data[start:end])[0]
        if end > len(data):
            raise InvalidRequest(f"Input {name!r} ends within its element {index}.")
        texts[index] = text_of(data[start:end], name)
        start = end
    if start < len(data):
        raise InvalidRequest(f"Input {name!r} has {len(data) - start} bytes after its elements.")
    return texts
