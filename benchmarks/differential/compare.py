"""What two answers say, and in what they differ."""

import json
import zlib
from collections.abc import Mapping
from typing import Any, NoReturn

from ..hostile.corpus import AUTOMATIC
from .exchange import Exchange, Reply
from .signatures import output_of
from .tensors import HEADER, from_bytes, from_json

Said = dict[str, Any]
Differences = dict[str, tuple[str, str]]
SHOWN = 100  # characters of a value that are told


def differences(ours: Exchange, theirs: Exchange) -> Differences:
    """Return what differs, as text: by the name of a field, what each of both says.

    If the status does, nothing else is told. Outputs may come in any order.
    """
    said, against = what_is_said(ours), what_is_said(theirs)
    fields = [field for field in {**said, **against} if said.get(field) != against.get(field)]
    if "status" in fields:
        fields = ["status"]
    return {field: (shown(said.get(field)), shown(against.get(field))) for field in fields}


def what_is_said(exchange: Exchange) -> Said:
    """Return the fields of an answer; an error says its status alone, as its words are free."""
    reply = exchange.reply
    if reply is None:
        return {"status": "no answer"}
    said: Said = {"status": reply.status}
    if reply.status != 200:
        return said
    try:
        return said | _read(reply)
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        return said | {"body": f"cannot be read: {error}"}


def shown(value: object) -> str:
    """Return a value as short text; None is a field that is missing."""
    text = "missing" if value is None else str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} ..."


def plain(reply: Reply) -> bytes:
    """Return the body without its coding; raises zlib.error."""
    coded = reply.headers.get("Content-Encoding", "identity") != "identity"
    return zlib.decompress(reply.body, AUTOMATIC) if coded else reply.body


def _read(reply: Reply) -> Said:
    body = plain(reply)
    length = reply.headers.get(HEADER)
    text, blobs = (body[: int(length)], body[int(length) :]) if length else (body, b"")
    said: Said = {"coding": reply.headers.get("Content-Encoding"), **_object(text)}
    tensors = said["outputs"] if "model_name" in said else []
    for tensor in tensors:
        name, datatype = tensor["name"], tensor["datatype"]
        if "data" in tensor:
            values = from_json(tensor["data"], datatype)
        else:
            size = tensor["parameters"]["binary_data_size"]
            values, blobs = from_bytes(blobs[:size], datatype), blobs[size:]
        if datatype == "BYTES" and name != output_of(datatype):
            values = [_rounded(value) for value in values]
        said[f"{name}: datatype"] = datatype
        said[f"{name}: shape"] = tensor["shape"]
        said[f"{name}: form"] = "JSON" if "data" in tensor else "bytes"
        said[f"{name}: values"] = values
    if blobs:
        raise ValueError(f"there are {len(blobs)} bytes after those of the outputs")
    if tensors:
        said["outputs"] = sorted(tensor["name"] for tensor in tensors)
    return said


def _rounded(best: str) -> str:
    """Return `value:index:label` with the six decimals that Triton gives a value."""
    value, _, rest = best.partition(":")
    return f"{float(value):.6f}:{rest}"


def _object(text: bytes) -> Said:
    """Return what JSON says; raises ValueError for NaN and infinity, which are none."""
    said: Mapping[str, Any] = json.loads(text, parse_constant=_refuse) if text else {}
    return dict(said)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")
