"""An inference request: what the body says, as arrays that fit the model."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..errors import InvalidRequest
from ..model_card import ModelCard, TensorSpec
from .binary_tensors import read_binary, text_of
from .datatypes import BYTES, datatype_of
from .json_tensors import read_json
from .messages import Input, Message, OutputParameters, read_message

HEADER = "Inference-Header-Content-Length"
LENGTH = re.compile(r"[0-9]{1,9}")
NULL = b"null"
MOST = 2**31  # elements; no body holds so many, and NumPy refuses a shape beyond its integers


@dataclass(frozen=True)
class WantedOutput:
    """An output to answer with, and how; with `classes` it is the best so many classes."""

    name: str
    binary: bool
    classes: int = 0


@dataclass(frozen=True)
class Inference:
    """A request that fits the model: rows of its inputs, and the outputs to answer with.

    `timeout_us` is how long the caller waits, in microseconds; 0 if it does not say.
    """

    inputs: dict[str, Array]
    outputs: tuple[WantedOutput, ...]
    id: str | None = None
    timeout_us: int = 0


def read_request(body: bytes, header: str | None, card: ModelCard) -> Inference:
    """Return the request of a body; `header` is its `Inference-Header-Content-Length`.

    Without a header the body is JSON; with 0 it is nothing but the one input's bytes; else so many
    bytes are JSON and the bytes of the binary inputs follow. Raises InvalidRequest.
    """
    if header is None:
        return _read(body, memoryview(b""), card)
    if not LENGTH.fullmatch(header) or int(header) > len(body):
        raise InvalidRequest(
            f"{HEADER} is {header[:32]!r}: give how many of the body's {len(body)} bytes are JSON."
        )
    view = memoryview(body)
    if int(header) == 0:
        outputs = tuple(WantedOutput(spec.name, binary=True) for spec in card.outputs)
        return Inference({card.inputs[0].name: _read_raw(view, card)}, outputs)
    return _read(view[: int(header)], view[int(header) :], card)


def _read(text: bytes | memoryview, blobs: memoryview, card: ModelCard) -> Inference:
    message, parameters = read_message(text)
    if message.model_name not in (None, card.name):
        raise InvalidRequest(f"The request is for the model {message.model_name!r}, not for this.")
    inputs = _read_inputs(message.inputs, blobs, card.inputs)
    outputs = _read_outputs(message, parameters.binary_data_output, card.outputs)
    return Inference(inputs, outputs, message.id, parameters.timeout)


def _read_inputs(
    tensors: Sequence[Input], blobs: memoryview, specs: tuple[TensorSpec, ...]
) -> dict[str, Array]:
    known, inputs = {spec.name: spec for spec in specs}, dict[str, Array]()
    _check_names("input", [tensor.name for tensor in tensors], list(known))
    if missing := known.keys() - {tensor.name for tensor in tensors}:
        raise InvalidRequest(f"The input {min(missing)!r} is missing.")
    for tensor in tensors:
        spec = known[tensor.name]
        _check_fits(tensor, spec)
        size = tensor.parameters.binary_data_size if tensor.parameters else None
        if (size is None) == (memoryview(tensor.data) == NULL):
            raise InvalidRequest(
                f"Input {tensor.name!r} needs `data`, or `binary_data_size` and its bytes after the"
                f" JSON, whose length the header {HEADER} tells; not both."
            )
        if size is None:
            inputs[tensor.name] = read_json(tensor.data, spec, tensor.shape)
            continue
        if size > len(blobs):
            raise InvalidRequest(
                f"Input {tensor.name!r} has {size} bytes, and {len(blobs)} are left after the JSON."
            )
        inputs[tensor.name] = read_binary(blobs[:size], spec, tensor.shape)
        blobs = blobs[size:]
    if blobs:
        raise InvalidRequest(f"There are {len(blobs)} bytes after those of the inputs.")
    if len({len(array) for array in inputs.values()}) > 1:
        raise InvalidRequest("The inputs have different numbers of rows: give each as many.")
    return inputs


def _check_fits(tensor: Input, spec: TensorSpec) -> None:
    """Check datatype and shape, before anything is made of the data."""
    datatype = datatype_of(spec.dtype)
    pairs = zip(spec.shape, tensor.shape, strict=False)
    fits = len(spec.shape) == len(tensor.shape) and all(own in (-1, given) for own, given in pairs)
    if tensor.datatype != datatype or not fits:
        raise InvalidRequest(
            f"Input {spec.name!r} is {datatype} of the shape {list(spec.shape)}, where -1 is any"
            f" size, and the request has {tensor.datatype} of the shape {tensor.shape}."
        )
    if math.prod(size or 1 for size in tensor.shape) > MOST:
        raise InvalidRequest(f"Input {spec.name!r} has a shape of more than {MOST} elements.")


def _read_outputs(
    message: Message, binary: bool, specs: tuple[TensorSpec, ...]
) -> tuple[WantedOutput, ...]:
    if not message.outputs:
        return tuple(WantedOutput(spec.name, binary) for spec in specs)
    _check_names("output", [one.name for one in message.outputs], [spec.name for spec in specs])
    wanted = []
    for output in message.outputs:
        given = output.parameters or OutputParameters()
        as_bytes = binary if given.binary_data is None else given.binary_data
        wanted.append(WantedOutput(output.name, as_bytes, given.classification))
    return tuple(wanted)


def _check_names(what: str, names: list[str], known: list[str]) -> None:
    for position, name in enumerate(names):
        if name not in known:
            raise InvalidRequest(
                f"The model has no {what} {name!r}; it has {', '.join(map(repr, known))}."
            )
        if name in names[:position]:
            raise InvalidRequest(f"The {what} {name!r} is given twice.")


def _read_raw(data: memoryview, card: ModelCard) -> Array:
    """Return the one input whose bytes are the whole body; its shape follows from their number."""
    spec, variable = card.inputs[0], card.inputs[0].shape.count(-1)
    if datatype_of(spec.dtype) == BYTES and all(size in (-1, 1) for size in spec.shape):
        return np.full([1] * len(spec.shape), text_of(data, spec.name), object)
    row = math.prod(size for size in spec.shape if size != -1) * np.dtype(spec.dtype).itemsize
    if len(card.inputs) > 1 or variable > 1 or datatype_of(spec.dtype) == BYTES:
        raise InvalidRequest("This model needs JSON before the bytes, which tells their shape.")
    count, rest = divmod(len(data), row) if row else (0, len(data))
    if rest:
        raise InvalidRequest(f"The body has {len(data)} bytes; one of {spec.name!r} has {row}.")
    return read_binary(data, spec, [count if size == -1 else size for size in spec.shape])
