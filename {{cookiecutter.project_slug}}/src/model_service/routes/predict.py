"""The native protocol: `POST /predict`."""

import msgspec
from flask import Blueprint, Response, request

from ..pipeline import Timings
from ..preprocessing import MEDIA_TYPES
from ..schemas import parse_instances
from ..service import Service
from .body import read_body
from .timeout import deadline_of


def create_blueprint(service: Service) -> Blueprint:
    """Return the route `POST /predict`: instances in, predictions out, in the same order."""
    blueprint = Blueprint("predict", __name__)
    settings = service.settings

    @blueprint.post("/predict")
    def predict() -> Response:
        deadline, timings = deadline_of(request, settings.deadline_ms), Timings()
        pipeline = service.running.pipeline
        with service.in_flight.one():
            pipeline.check_room(deadline)  # before the work of reading what is then refused
            body = read_body(request, settings.max_body_bytes)
            instances = parse_instances(body, request.headers.get("Content-Type", ""), MEDIA_TYPES)
            predictions = pipeline.predict(instances, deadline, timings)
        answer = msgspec.json.encode({"predictions": predictions})
        return Response(answer, mimetype="application/json", headers=server_timing(timings))

    return blueprint


def server_timing(timings: Timings) -> dict[str, str]:
    """Return the header `Server-Timing`, which browsers show: milliseconds of each step."""
    steps = (f"{step};dur={1000 * seconds:.3f}" for step, seconds in timings.items())
    return {"Server-Timing": ", ".join(steps)}
