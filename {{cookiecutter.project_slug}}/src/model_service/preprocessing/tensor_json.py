"""The JSON of instances that are numbers alone, read into one array at once.

simdjson writes the numbers into a buffer. As Python's own, each would be an object first: that
takes a tenth of the time of a prediction by a small model, and more of it the larger its input is.
"""

import threading
from codecs import BOM_UTF8
from collections.abc import Callable, Sequence
from itertools import accumulate
from operator import mul
from typing import Any, cast

import numpy as np
import simdjson

from ..arrays import Array
from ..model_card import ModelCard
from ..schemas import parse_json

KEPT = 2**20  # bytes of a body, up to which a parser is kept: it keeps twenty times as many


class NotPlainError(Exception):
    """A body is not an array of numbers, or not only that."""


def json_reader(card: ModelCard) -> Callable[[bytes], Sequence[Any]]:
    """Return what reads the instances of a JSON body; it raises InvalidRequest.

    Of a model of one float input they are the rows of a float64 array, if they are lists of numbers
    of one shape. Else, so that what is wrong can be told by instance, they are what the JSON says.
    """
    spec, *others = card.inputs
    if others or not spec.dtype.startswith("float"):
        return parse_json
    dimensions, parser, lock = len(spec.shape), simdjson.Parser(), threading.Lock()

    def read(body: bytes) -> Sequence[Any]:
        try:
            if len(body) > KEPT:
                return cast("Sequence[Any]", _numbers(simdjson.Parser(), body, dimensions))
            with lock:  # the next body takes the place of this one in the parser
                return cast("Sequence[Any]", _numbers(parser, body, dimensions))
        except (NotPlainError, ValueError, TypeError, RuntimeError):
            return parse_json(body)

    return read


def _numbers(parser: simdjson.Parser, body: bytes, dimensions: int) -> Array:
    """Return the instances of a body as a float64 array; raises what says that they are not one."""
    if body.startswith(BOM_UTF8):  # simdjson passes over it, and other readers do not
        raise NotPlainError
    document = parser.parse(body)
    if not isinstance(document, simdjson.Object) or not _holds_instances_alone(document):
        raise NotPlainError
    instances = document["instances"]
    if not isinstance(instances, simdjson.Array):
        raise NotPlainError
    shape = _shape([instances], dimensions)
    lists = sum(accumulate(shape[:-1], mul, initial=1))
    if body.count(b"[") != lists:  # one more would be flattened
        raise NotPlainError
    return np.frombuffer(instances.as_buffer(of_type="d")).reshape(shape)


def _holds_instances_alone(document: simdjson.Object) -> bool:
    """Return whether it has `instances` once, and else at most what Vertex AI's client sends."""
    keys = [*document]
    sent_by_vertex = ["instances", "parameters"]
    return keys == ["instances"] or (keys == sent_by_vertex and document["parameters"] is None)


def _shape(lists: list[simdjson.Array], dimensions: int) -> tuple[int, ...]:
    """Return the one shape of these nested lists, none of which is empty."""
    size, *others = {len(one) for one in lists}
    if others or not size:
        raise NotPlainError
    if dimensions == 1:
        return (size,)
    nested = [inner for one in lists for inner in one if isinstance(inner, simdjson.Array)]
    if len(nested) < size * len(lists):
        raise NotPlainError
    return (size, *_shape(nested, dimensions - 1))
