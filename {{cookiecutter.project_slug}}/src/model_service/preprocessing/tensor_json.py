"""The JSON of instances that are numbers alone, read into one array at once.

What the decoder has checked need not be checked again, and an array of all instances costs less
than one of each: together a sixth of the time of a prediction by a small model.
"""

from collections.abc import Callable, Sequence
from typing import Any, cast

import msgspec
import numpy as np

from ..model_card import ModelCard
from ..schemas import parse_json


def json_reader(card: ModelCard) -> Callable[[bytes], Sequence[Any]]:
    """Return what reads the instances of a JSON body; it raises InvalidRequest.

    Of a model of one float input they are the rows of a float64 array, if they are lists of numbers
    of one shape. Else, so that what is wrong can be told by instance, they are what the JSON says.
    """
    spec, *others = card.inputs
    if others or not spec.dtype.startswith("float"):
        return parse_json
    instances: Any = list[float]
    for _ in spec.shape[1:]:
        instances = list[instances]
    fields = ("instances", instances), ("parameters", None, None)
    request: Any = msgspec.defstruct("PredictRequest", fields, forbid_unknown_fields=True)
    decoder = msgspec.json.Decoder(request)

    def read(body: bytes) -> Sequence[Any]:
        try:
            return cast("Sequence[Any]", np.array(decoder.decode(body).instances, np.float64))
        except (msgspec.MsgspecError, ValueError):
            return parse_json(body)

    return read
