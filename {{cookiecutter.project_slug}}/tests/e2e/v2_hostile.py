"""Requests to `infer` that are broken or meant to break something, each with its code."""

import gzip
import zlib
from typing import Any

import msgspec
import numpy as np

from model_service.arrays import Array
from model_service.model_card import ModelCard

from ..openinference.bodies import HEADER, infer_body, tensor
from .hostile import DEEP, Hostile

BOMB = 2**25


def row_of(card: ModelCard) -> dict[str, Array]:
    """Return a row of zeros, or of no text, for each input; a dimension of any size is 1."""
    return {
        spec.name: np.full(
            [1, *(max(size, 1) for size in spec.shape[1:])],
            "" if spec.dtype == "object" else 0,
            spec.dtype,
        )
        for spec in card.inputs
    }


def hostile_of(card: ModelCard) -> dict[str, Hostile]:
    """Return hostile requests to a model."""
    path = f"/v2/models/{card.name}/infer"
    row = row_of(card)
    body, _ = infer_body(row)
    packed, headers = infer_body(row, list(row))
    first = next(iter(row))

    def post(sent: bytes, code: str = "invalid_request", **given: str) -> Hostile:
        named = {name.replace("_", "-"): value for name, value in given.items()}
        return Hostile(sent, code, None, path=path, headers=named)

    def changed(**fields: Any) -> Hostile:
        one = {**tensor(first, row[first], data=row[first].ravel().tolist()), **fields}
        rest = [tensor(n, a, data=a.ravel().tolist()) for n, a in row.items() if n != first]
        return post(msgspec.json.encode({"inputs": [one, *rest]}))

    def with_length(sent: bytes, length: str) -> Hostile:
        return Hostile(sent, "invalid_request", None, path=path, headers={HEADER: length})

    count = row[first].size
    text = b"[" + (count - 1) * b"0," + b"%s]"

    def with_value(value: bytes) -> Hostile:
        return changed(data=msgspec.Raw(text % value))

    binary = headers[HEADER]
    twice = 2 * [{"name": card.outputs[0].name}]
    return {
        "nothing": post(b""),
        "cut": post(body[: len(body) // 2]),
        "a list": post(b"[]"),
        "an empty object": post(b"{}"),
        "another protocol": post(b'{"instances": [1]}'),
        "not UTF-8": post(b'{"id": "\xff", "inputs": []}'),
        "NaN": with_value(b"NaN"),
        "infinity": with_value(b"-Infinity"),
        "larger than a float": with_value(b"1e999"),
        "six thousand digits": with_value(6000 * b"9"),
        "text": with_value(b'"0"'),
        "null": with_value(b"null"),
        "true": with_value(b"true"),
        "deep data": changed(data=msgspec.Raw(DEEP * b"[" + DEEP * b"]")),
        "deep inputs": post(b'{"inputs": ' + DEEP * b"[" + DEEP * b"]" + b"}"),
        "deep parameters": post(
            b'{"inputs": [], "parameters": {"a": ' + DEEP * b"[" + DEEP * b"]" + b"}}"
        ),
        "no inputs": post(b'{"inputs": []}'),
        "inputs of another type": post(b'{"inputs": {"0": 1}}'),
        "an unknown input": changed(name="no such"),
        "an input twice": post(
            msgspec.json.encode({"inputs": 2 * [tensor(first, row[first], data=[])]})
        ),
        "an unknown datatype": changed(datatype="STRING"),
        "BF16": changed(datatype="BF16"),
        "another datatype": changed(datatype="UINT64"),
        "another rank": changed(shape=[1]),
        "no shape": changed(shape=[]),
        "a negative size": changed(shape=[-1, *row[first].shape[1:]]),
        "a size of 2^60": changed(shape=[2**60, *row[first].shape[1:]]),
        "many sizes of 2^31": changed(shape=[2**31] * row[first].ndim),
        "a hundred thousand sizes": changed(shape=[2**31] * 100_000),
        "too few values": changed(data=[0] * (count - 1)),
        "too many values": changed(data=[0] * (count + 1)),
        "shared memory": changed(parameters={"shared_memory_region": "/dev/shm/a"}),
        "bytes that are not there": changed(data=None, parameters={"binary_data_size": 8}),
        "a negative number of bytes": changed(data=None, parameters={"binary_data_size": -8}),
        "an unknown output": post(body[:-1] + b', "outputs": [{"name": "no such"}]}'),
        "an output twice": post(body[:-1] + b', "outputs": %s}' % msgspec.json.encode(twice)),
        "a sequence": post(body[:-1] + b', "parameters": {"sequence_id": 7}}'),
        "a timeout of text": post(body[:-1] + b', "parameters": {"timeout": "1"}}'),
        "another model": post(body[:-1] + b', "model_name": "no such"}'),
        "fewer bytes": with_length(packed[:-1], binary),
        "more bytes": with_length(packed + b"\0", binary),
        "length -1": with_length(packed, "-1"),
        "length beyond the body": with_length(packed, str(len(packed) + 1)),
        "length of eleven digits": with_length(packed, "99999999999"),
        "length of words": with_length(packed, "all"),
        "length in the middle": with_length(packed, str(int(binary) - 5)),
        "raw, too short": with_length(row[first].tobytes()[:-1], "0"),
        "gzip, cut": post(gzip.compress(body)[:-5], Content_Encoding="gzip"),
        "gzip that is none": post(body, Content_Encoding="gzip"),
        "deflate that is none": post(body, Content_Encoding="deflate"),
        "gzip bomb": post(gzip.compress(bytes(BOMB)), "body_too_large", Content_Encoding="gzip"),
        "deflate bomb": post(
            zlib.compress(bytes(BOMB)), "body_too_large", Content_Encoding="deflate"
        ),
        "brotli": post(body, "unsupported_media_type", Content_Encoding="br"),
        "two codings": post(body, "unsupported_media_type", Content_Encoding="gzip, gzip"),
        "GET": Hostile(b"", "method_not_allowed", None, "GET", path),
        "an unknown model": Hostile(body, "model_not_found", None, path="/v2/models/a/infer"),
        "an unknown version": Hostile(
            body, "model_not_found", None, path=path.replace("/infer", "/versions/no/infer")
        ),
        "a path out": Hostile(body, "not_found", None, path="/v2/models/../../etc/passwd"),
        "a repository": Hostile(b"{}", "not_found", None, path="/v2/repository/index"),
    }
