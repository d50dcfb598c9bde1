"""The native protocol: `POST /predict`, and SageMaker's name for it."""

from functools import lru_cache

import msgspec
import numpy as np
from flask import Blueprint
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from .. import npy
from ..arrays import Array
from ..errors import NotAcceptable
from ..model_card import ModelCard, TensorSpec
from ..postprocessing import Prediction
from ..preprocessing import MEDIA_TYPES, read_instances
from ..schemas import MULTIPART, PredictRequest, PredictResponse, parse_instances
from ..service import Service
from ..timings import Timings
from ..wsgi import Environ
from .answer import Answer, answer
from .body import read_body
from .documented import BYTES, JSON, documented, predicting
from .door import at_the_door
from .envelope import TIMINGS
from .timeout import DEADLINE

FILES = {"type": "object", "additionalProperties": BYTES, "minProperties": 1}
PREDICT = predicting(
    "A prediction for each instance, in the same order",
    "predictions",
    {JSON: PredictResponse, npy.MEDIA_TYPE: BYTES},
    {JSON: PredictRequest, MULTIPART: FILES, **dict.fromkeys(sorted(MEDIA_TYPES), BYTES)},
    raises=(NotAcceptable,),
)


def create_blueprint(service: Service) -> Blueprint:
    """Return the route `POST /predict`: instances in, predictions out, in the same order."""
    blueprint = Blueprint("predict", __name__)
    most, longest = service.settings.queue_rows, service.settings.max_body_bytes

    @blueprint.post("/invocations")
    @blueprint.post("/predict")
    @at_the_door
    @documented(PREDICT)
    def predict(environ: Environ) -> Answer:
        running = service.running
        output = array_wanted(environ.get("HTTP_ACCEPT"), running.model.card)
        body, content_type = read_body(environ, longest), environ.get("CONTENT_TYPE", "")
        instances = parse_instances(
            body, content_type, MEDIA_TYPES, running.read_json, read_instances, most
        )
        timings = environ[TIMINGS] = Timings()
        predictions = running.pipeline.predict(instances, environ[DEADLINE], timings)
        if output is None:
            return answer(msgspec.json.encode(PredictResponse(predictions)), JSON, timings.header())
        array = npy.write_npy(array_of(predictions, output))
        return answer(array, npy.MEDIA_TYPE, timings.header())

    return blueprint


def array_wanted(accepted: str | None, card: ModelCard) -> TensorSpec | None:
    """Return the output that the caller asks for as an array; None if it is to be JSON.

    `accepted` is the header `Accept`. Raises NotAcceptable if it must be an array and the
    predictions are none.
    """
    prefers_array, takes_json = taste_of(accepted)
    if not prefers_array:
        return None
    is_array = card.task == "raw" and len(card.outputs) == 1
    if not is_array and not takes_json:
        raise NotAcceptable(f"The predictions of this model are no array: accept {JSON}.")
    return card.outputs[0] if is_array else None


@lru_cache(64)  # as for the types of bodies: nearly all clients send one of a few
def taste_of(accepted: str | None) -> tuple[bool, bool]:
    """Return whether an array is liked better than JSON, and whether JSON is taken at all."""
    accept = parse_accept_header(accepted, MIMEAccept)
    return accept.best_match([JSON, npy.MEDIA_TYPE]) == npy.MEDIA_TYPE, bool(accept[JSON])


def array_of(predictions: list[Prediction], output: TensorSpec) -> Array:
    """Return predictions of one output, stacked; raises NotAcceptable if their shapes differ."""
    try:
        return np.array(predictions, output.dtype)
    except (ValueError, TypeError):
        raise NotAcceptable(f"These predictions are not of one shape: accept {JSON}.") from None
