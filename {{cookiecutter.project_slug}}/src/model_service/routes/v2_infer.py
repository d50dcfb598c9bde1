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
from ..pipeline import Timings
from ..service import Service
from .body import read_coded_body
from .coding import compress
from .documented import BYTES, JSON, OBJECT, Documentation, documented
from .models import model_named
from .predict import REFUSALS, server_timing
from .timeout import DOCUMENTED, deadline_of

GROUP = "Open Inference Protocol"
RAW = "application/octet-stream"  # all that is not JSON alone: with tensors as bytes
INFER = Documentation(
    "The model's own outputs for its inputs",
    GROUP,
    gives={JSON: OBJECT, RAW: BYTES},
    takes={JSON: Message, RAW: BYTES},
    headers={**DOCUMENTED, HEADER: {"type": "integer", "minimum": 0}},
    raises=(*REFUSALS, ModelNotFound),
)


def view(service: Service) -> Callable[..., Response]:
    """Return what answers `POST .../infer`; no Content-Type is asked for, as clients send none."""
    settings = service.settings

    @documented(INFER)
    def infer(name: str, version: str | None = None) -> Response:
        arrived, deadline = time.monotonic(), deadline_of(request, settings.deadline_ms)
        running, timings = model_named(service, name, version), Timings()
        card, pipeline = running.model.card, running.pipeline
        with service.in_flight.one():
            pipeline.check_room(deadline)  # before the work of reading what is then refused
            body = read_coded_body(request, settings.max_body_bytes)
            message, inputs = read_request(body, request.headers.get(HEADER), card)
            if message.parameters.timeout:
                deadline = Deadline(min(deadline.at, arrived + message.parameters.timeout / 1e6))
            if row_count(inputs):
                outputs = pipeline.run(inputs, deadline, timings)
            else:
                outputs = no_rows(running.engine.outputs)
            answer, json_bytes = write_response(message, outputs, card, running.labels)
            response = Response(answer, mimetype=JSON, headers=server_timing(timings))
            if json_bytes is not None:
                response.mimetype = RAW
                response.headers[HEADER] = str(json_bytes)
            return compress(response, request.accept_encodings)

    return infer
