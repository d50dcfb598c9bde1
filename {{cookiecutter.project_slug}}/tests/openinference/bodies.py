"""Inference requests and answers as bytes, put together by hand: nothing of the service's codec."""

import struct
from collections.abc import Collection
from typing import Any

import msgspec
import numpy as np

from model_service.arrays import Array, Arrays

HEADER = "Inference-Header-Content-Length"
NAMES = {
    "BOOL": "bool",
    "INT8": "int8",
    "INT16": "int16",
    "INT32": "int32",
    "INT64": "int64",
    "UINT8": "uint8",
    "UINT16": "uint16",
    "UINT32": "uint32",
    "UINT64": "uint64",
    "FP16": "float16",
    "FP32": "float32",
    "FP64": "float64",
    "BYTES": "object",
}
DATATYPES = {dtype: datatype for datatype, dtype in NAMES.items()}


def to_bytes(array: Array) -> bytes:
    """Return the elements as the protocol writes them, one by one."""
    if array.dtype != object:
        return b"".join(value.tobytes() for value in array.ravel())
    texts = [text.encode() for text in array.ravel()]
    return b"".join(struct.pack("<I", len(text)) + text for text in texts)


def from_bytes(data: bytes, datatype: str, shape: list[int]) -> Array:
    """Return the array that the bytes are."""
    if datatype != "BYTES":
        return np.frombuffer(data, NAMES[datatype]).reshape(shape)
    texts = []
    while data:
        (length,) = struct.unpack("<I", data[:4])
        texts.append(data[4 : 4 + length].decode())
        data = data[4 + length :]
    return np.array(texts, object).reshape(shape)


def tensor(name: str, array: Array, **fields: Any) -> dict[str, Any]:
    """Return an input without its data."""
    datatype = DATATYPES[str(array.dtype)]
    return {"name": name, "shape": list(array.shape), "datatype": datatype, **fields}


def infer_body(
    inputs: Arrays, binary: Collection[str] = (), **fields: Any
) -> tuple[bytes, dict[str, str]]:
    """Return body and headers of a request whose `binary` inputs follow the JSON."""
    tensors, blobs = [], []
    for name, array in inputs.items():
        if name in binary:
            blobs.append(to_bytes(array))
            size = {"binary_data_size": len(blobs[-1])}
            tensors.append(tensor(name, array, parameters=size))
        else:
            tensors.append(tensor(name, array, data=array.ravel().tolist()))
    text = msgspec.json.encode({"inputs": tensors, **fields})
    return text + b"".join(blobs), {HEADER: str(len(text))} if binary else {}


def read_answer(body: bytes, header: str | None) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return the JSON of an answer, and its outputs as arrays."""
    text = body[: int(header)] if header else body
    answer, blobs = msgspec.json.decode(text), body[len(text) :]
    outputs = {}
    for one in answer["outputs"]:
        if "data" in one:
            data = np.array(one["data"], NAMES[one["datatype"]])
            outputs[one["name"]] = data.reshape(one["shape"])
        else:
            size = one["parameters"]["binary_data_size"]
            outputs[one["name"]] = from_bytes(blobs[:size], one["datatype"], one["shape"])
            blobs = blobs[size:]
    assert not blobs
    return answer, outputs
