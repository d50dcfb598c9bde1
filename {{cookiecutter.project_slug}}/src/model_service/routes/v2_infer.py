"""The Open Inference Protocol's `infer`: tensors in, tensors out, without preprocessing."""

import time

from ..arrays import row_count
from ..deadline import Deadline
from ..engine.base import no_rows
from ..errors import ModelNotFound
from ..openinference.messages import Message
from ..openinference.request import HEADER, read_request
from ..openinference.response import write_response
from ..service import Service
from ..timings import Timings
from ..wsgi import Environ
from .answer import Answer, answer
from .body import read_coded_body
from .coding import compress
from .documented import BYTES, JSON, OBJECT, documented, predicting
from .door import View, at_the_door
from .envelope import TIMINGS
from .models import model_named
from .timeout import DEADLINE

GROUP = "Open Inference Protocol"
HEADER_LENGTH = f"HTTP_{HEADER.upper().replace('-', '_')}"
RAW = "application/octet-stream"  # all that is not JSON alone: with tensors as bytes
INFER = predicting(
    "The model's own outputs for its inputs",
    GROUP,
    {JSON: OBJECT, RAW: BYTES},
    {JSON: Message, RAW: BYTES},
    {HEADER: {"type": "integer", "minimum": 0}},
    raises=(ModelNotFound,),
)


def view(service: Service) -> View:
    """Return what answers `POST .../infer`; no Content-Type is asked for, as clients send none."""

    @at_the_door
    @documented(INFER)
    def infer(environ: Environ, name: str, version: str | None = None) -> Answer:
        arrived = time.monotonic()
        running = model_named(service, name, version)
        card = running.model.card
        deadline: Deadline = environ[DEADLINE]
        body = read_coded_body(environ, service.settings.max_body_bytes)
        message, inputs = read_request(body, environ.get(HEADER_LENGTH), card)
        if message.parameters.timeout:
            deadline = Deadline(min(deadline.at, arrived + message.parameters.timeout / 1e6))
        timings = environ[TIMINGS] = Timings()
        if row_count(inputs):
            outputs = running.pipeline.run(inputs, deadline, timings)
        else:
            outputs = no_rows(running.engine.outputs)
        plain, json_bytes = write_response(message, outputs, card, running.labels)
        coded, headers = compress(plain, environ.get("HTTP_ACCEPT_ENCODING", ""))
        headers |= timings.header()
        if json_bytes is None:
            return answer(coded, JSON, headers)
        return answer(coded, RAW, {**headers, HEADER: str(json_bytes)})

    return infer
