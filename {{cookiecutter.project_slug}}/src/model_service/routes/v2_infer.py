"""The Open Inference Protocol's `infer`: tensors in, tensors out, without preprocessing."""

import time
from collections.abc import Callable

from flask import Response, request

from ..arrays import row_count
from ..deadline import Deadline
from ..engine.base import no_rows
from ..errors import ModelNotFound
from ..openinference.messages import Message
from ..openinference.request import HEADER, read_request
from ..openinference.response import write_response
from ..service import Service
from ..timings import Timings
from .body import read_coded_body
from .coding import compress
from .documented import BYTES, JSON, OBJECT, documented, predicting
from .models import model_named
from .predict import admitted

GROUP = "Open Inference Protocol"
RAW = "application/octet-stream"  # all that is not JSON alone: with tensors as bytes
INFER = predicting(
    "The model's own outputs for its inputs",
    GROUP,
    {JSON: OBJECT, RAW: BYTES},
    {JSON: Message, RAW: BYTES},
    {HEADER: {"type": "integer", "minimum": 0}},
    raises=(ModelNotFound,),
)


def view(service: Service) -> Callable[..., Response]:
    """Return what answers `POST .../infer`; no Content-Type is asked for, as clients send none."""

    @documented(INFER)
    def infer(name: str, version: str | None = None) -> Response:
        arrived, timings = time.monotonic(), Timings()
        running = model_named(service, name, version)
        card = running.model.card
        with admitted(service, read_coded_body) as (pipeline, deadline, body):
            message, inputs = read_request(body, request.headers.get(HEADER), card)
            if message.parameters.timeout:
                deadline = Deadline(min(deadline.at, arrived + message.parameters.timeout / 1e6))
            if row_count(inputs):
                outputs = pipeline.run(inputs, deadline, timings)
            else:
                outputs = no_rows(running.engine.outputs)
            answer, json_bytes = write_response(message, outputs, card, running.labels)
            response = Response(answer, mimetype=JSON, headers=timings.header())
            if json_bytes is not None:
                response.mimetype = RAW
                response.headers[HEADER] = str(json_bytes)
            return compress(response, request.accept_encodings)

    return infer
