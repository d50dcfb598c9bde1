"""Arrays as the protocol writes them, put together by hand: nothing of the service's codec."""

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .signatures import DATATYPES, DTYPES

Array = NDArray[Any]
HEADER = "Inference-Header-Content-Length"
LENGTH = struct.Struct("<I")


def to_bytes(array: Array) -> bytes:
    """Return the elements, little-endian; text after its length."""
    if array.dtype != object:
        return array.astype(array.dtype.newbyteorder("<")).tobytes()
    texts = [text.encode() for text in array.ravel()]
    return b"".join(LENGTH.pack(len(text)) + text for text in texts)


def from_bytes(data: bytes, datatype: str) -> list[Any]:
    """Return the elements that the bytes are; a number as its own bytes, so that NaN is itself."""
    if datatype != "BYTES":
        size = np.dtype(DTYPES[datatype]).itemsize
        return [data[start : start + size] for start in range(0, len(data), size)]
    texts = []
    while data:
        end = LENGTH.size + LENGTH.unpack_from(data)[0]
        texts.append(data[LENGTH.size : end].decode())
        data = data[end:]
    return texts


def from_json(data: list[Any], datatype: str) -> list[Any]:
    """Return the elements of a list, flat or nested, as `from_bytes` does."""
    array = np.array(data, DTYPES[datatype])
    return array.ravel().tolist() if datatype == "BYTES" else from_bytes(to_bytes(array), datatype)


def as_json(name: str, array: Array, nested: bool = False) -> dict[str, Any]:
    """Return an input with its data in the JSON."""
    data = array if nested else array.ravel()
    return {**_described(name, array), "data": data.tolist()}


def body_of(
    inputs: Mapping[str, Array | dict[str, Any]], **fields: Any
) -> tuple[bytes, dict[str, str]]:
    """Return body and headers of a request; arrays are sent as bytes, the other inputs as given."""
    tensors, blobs = [], []
    for name, given in inputs.items():
        if isinstance(given, dict):
            tensors.append(given)
        else:
            blobs.append(to_bytes(given))
            size = {"binary_data_size": len(blobs[-1])}
            tensors.append({**_described(name, given), "parameters": size})
    text = json.dumps({"inputs": tensors, **fields}).encode()
    return text + b"".join(blobs), {HEADER: str(len(text))} if blobs else {}


def _described(name: str, array: Array) -> dict[str, Any]:
    return {"name": name, "shape": array.shape, "datatype": DATATYPES[str(array.dtype)]}
