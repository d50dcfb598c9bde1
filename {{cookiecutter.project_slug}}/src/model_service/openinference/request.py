"""An inference request: what the body says, as arrays that fit the model."""

import math
import re
from collections.abc import Iterable, Sequence

import numpy as np

from ..arrays import Array
from ..errors import InvalidRequest
from ..model_card import ModelCard, TensorSpec
from .binary_tensors import read_binary, text_of
from .datatypes import datatype_of
from .json_tensors import read_json
from .messages import Input, Message, Output, Parameters, read_message

HEADER = "Inference-Header-Content-Length"
LENGTH = re.compile(r"[0-9]{1,9}")
NULL = b"null"
MOST = 2**31  # elements; no body holds so many, and NumPy refuses a shape beyond its integers


def read_request(
    body: bytes, header: str | None, card: ModelCard
) -> tuple[Message, dict[str, Array]]:
    """Return the request of a body and its inputs; `header` is the one named HEADER.

    Without a header the body is JSON; with 0 it is nothing but the one input's bytes; else so many
    bytes are JSON and the bytes of the binary inputs follow. Raises InvalidRequest.
    """
    length = len(body) if header is None else _length(header, len(body))
    text, blobs = memoryview(body)[:length], memoryview(body)[length:]
    if header is not None and not length:
        outputs = [Output(spec.name) for spec in card.outputs]
        return Message([], outputs, None, Parameters(0, True)), _read_raw(blobs, card.inputs)
    message = read_message(text)
    if message.model_name not in (None, card.name):
        raise InvalidRequest(f"The request is for the model {message.model_name!r}, not for this.")
    _check_names("output", (output.name for output in message.outputs), card.outputs)
    return message, _read_inputs(message.inputs, blobs, card.inputs)


def _length(header: str, most: int) -> int:
    if not LENGTH.fullmatch(header) or int(header) > most:
        raise InvalidRequest(f"{HEADER} is {header[:32]!r}: give how many bytes are JSON.")
    return int(header)


def _read_inputs(
    tensors: Sequence[Input], blobs: memoryview, specs: Sequence[TensorSpec]
) -> dict[str, Array]:
    _check_names("input", (tensor.name for tensor in tensors), specs)
    known, inputs = {spec.name: spec for spec in specs}, dict[str, Array]()
    for tensor in tensors:
        spec, size = known.pop(tensor.name), tensor.parameters.binary_data_size
        _check_fits(tensor, spec)
        if (size is None) == (memoryview(tensor.data) == NULL):
            raise InvalidRequest(f"Input {spec.name!r} needs either data or binary_data_size.")
        if size is None:
            inputs[spec.name] = read_json(tensor.data, spec, tensor.shape)
        else:
            inputs[spec.name] = read_binary(blobs[:size], spec, tensor.shape)
            blobs = blobs[size:]
    if known:
        raise InvalidRequest(f"The input {min(known)!r} is missing.")
    if blobs:
        raise InvalidRequest(f"There are {len(blobs)} bytes after those of the inputs.")
    if len({len(array) for array in inputs.values()}) > 1:
        raise InvalidRequest("The inputs have different numbers of rows: give each as many.")
    return inputs


def _check_names(what: str, names: Iterable[str], specs: Sequence[TensorSpec]) -> None:
    left = [spec.name for spec in specs]
    for name in names:
        if name not in left:
            raise InvalidRequest(f"The model has no {what} {name!r}, or it is given twice.")
        left.remove(name)


def _check_fits(tensor: Input, spec: TensorSpec) -> None:
    """Check datatype and shape, before anything is made of the data."""
    given = TensorSpec(name=spec.name, dtype=tensor.datatype, shape=tuple(tensor.shape))
    wanted = TensorSpec(name=spec.name, dtype=datatype_of(spec.dtype), shape=spec.shape)
    if not wanted.accepts(given):
        raise InvalidRequest(f"The model takes {wanted}, -1 being any size, and was given {given}.")
    if math.prod(size or 1 for size in tensor.shape) > MOST:
        raise InvalidRequest(f"Input {spec.name!r} has a shape of more than {MOST} elements.")


def _read_raw(data: memoryview, specs: Sequence[TensorSpec]) -> dict[str, Array]:
    """Return the one input whose bytes are the whole body; its shape follows from their number."""
    spec, shape = specs[0], specs[0].shape
    if len(specs) > 1 or shape.count(-1) > 1:
        raise InvalidRequest(f"This model needs JSON before the bytes, and its length in {HEADER}.")
    row = math.prod(size for size in shape if size != -1)
    if datatype_of(spec.dtype) == "BYTES" and row == 1:
        return {spec.name: np.full([1] * len(shape), text_of(data, spec.name), object)}
    count = len(data) // max(1, row * np.dtype(spec.dtype).itemsize)
    return {spec.name: read_binary(data, spec, [count if size == -1 else size for size in shape])}
