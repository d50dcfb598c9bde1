"""The native protocol: `POST /predict`, and SageMaker's name for it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache

import msgspec
import numpy as np
from flask import Blueprint, Request, Response, request
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from .. import npy
from ..arrays import Array
from ..deadline import Deadline
from ..errors import NotAcceptable
from ..model_card import ModelCard, TensorSpec
from ..pipeline import Pipeline
from ..postprocessing import Prediction
from ..preprocessing import MEDIA_TYPES, read_instances
from ..schemas import MULTIPART, PredictRequest, PredictResponse, parse_instances
from ..service import Service
from ..timings import Timings
from .body import read_body
from .documented import BYTES, JSON, documented, predicting
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
    most = service.settings.queue_rows

    @blueprint.post("/invocations")
    @blueprint.post("/predict")
    @documented(PREDICT)
    def predict() -> Response:
        output = array_wanted(request.environ.get("HTTP_ACCEPT"), service.running.model.card)
        timings = Timings()
        content_type = request.environ.get("CONTENT_TYPE", "")
        with admitted(service) as (pipeline, deadline, body):
            instances = parse_instances(body, content_type, MEDIA_TYPES, read_instances, most)
            predictions = pipeline.predict(instances, deadline, timings)
        if output is None:
            return json_answer(PredictResponse(predictions), timings)
        array = npy.write_npy(array_of(predictions, output))
        return Response(array, mimetype=npy.MEDIA_TYPE, headers=timings.header())

    return blueprint


@contextmanager
def admitted(
    service: Service, read: Callable[[Request, int], bytes] = read_body
) -> Iterator[tuple[Pipeline, Deadline, bytes]]:
    """Hold a place for the current request; give the pipeline, its deadline and the whole body.

    Raises Overloaded or what `read` and `service.running` raise.
    """
    pipeline = service.running.pipeline
    with service.in_flight.one():
        body = read(request, service.settings.max_body_bytes)
        yield pipeline, request.environ[DEADLINE], body


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


def json_answer(body: object, timings: Timings | None = None) -> Response:
    """Return an answer of JSON, which tells the time of the steps of a prediction."""
    headers = timings.header() if timings else None
    return Response(msgspec.json.encode(body), mimetype=JSON, headers=headers)
