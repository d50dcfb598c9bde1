"""The Open Inference Protocol's `infer`: tensors in, tensors out, without preprocessing."""

import time
from collections.abc import Callable

from flask import Response, request
from werkzeug.http import parse_options_header

from ..arrays import Arrays, row_count
from ..deadline import Deadline
from ..engine.base import no_rows
from ..errors import UnsupportedMediaType
from ..openinference.request import HEADER, Inference, read_request
from ..openinference.response import write_response
from ..pipeline import Timings
from ..service import Service
from ..startup import Running
from .body import read_coded_body
from .coding import compress
from .models import model_named
from .predict import server_timing
from .timeout import deadline_of

BINARY = "application/octet-stream"
# Clients send any of these, or none, whether the body is binary or not; the header tells.
MEDIA_TYPES = frozenset({"", "application/json", BINARY, "application/x-www-form-urlencoded"})


def view(service: Service) -> Callable[..., Response]:
    """Return what answers `POST .../infer`."""
    settings = service.settings

    def infer(name: str, version: str | None = None) -> Response:
        arrived, deadline = time.monotonic(), deadline_of(request, settings.deadline_ms)
        running, timings = model_named(service, name, version), Timings()
        with service.in_flight.one():
            running.pipeline.check_room(deadline)  # before the work of reading what is then refused
            _check_media_type(request.headers.get("Content-Type", ""))
            body = read_coded_body(request, settings.max_body_bytes)
            inference = read_request(body, request.headers.get(HEADER), running.model.card)
            if inference.timeout_us:
                deadline = Deadline(min(deadline.at, arrived + inference.timeout_us / 1e6))
            outputs = _run(running, inference, deadline, timings)
            return _answer(running, inference, outputs, timings)

    return infer


def _check_media_type(content_type: str) -> None:
    media_type = parse_options_header(content_type)[0].lower()
    if media_type not in MEDIA_TYPES:
        raise UnsupportedMediaType(
            f"The Content-Type {media_type!r} is none of application/json, {BINARY}."
        )


def _run(running: Running, inference: Inference, deadline: Deadline, timings: Timings) -> Arrays:
    if not row_count(inference.inputs):
        return no_rows(running.engine.outputs)
    return running.pipeline.run(inference.inputs, deadline, timings)


def _answer(running: Running, inference: Inference, outputs: Arrays, timings: Timings) -> Response:
    body, json_bytes = write_response(inference, outputs, running.model.card, running.labels)
    response = Response(body, mimetype="application/json", headers=server_timing(timings))
    if json_bytes is not None:
        response.mimetype = BINARY
        response.headers[HEADER] = str(json_bytes)
    return compress(response, request.accept_encodings)
