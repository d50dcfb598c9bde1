"""The native protocol: `POST /predict`."""

import msgspec
from flask import Blueprint, Response, request

from ..deadline import Deadline
from ..preprocessing import MEDIA_TYPES
from ..schemas import parse_instances
from ..service import Service
from .body import read_body


def create_blueprint(service: Service) -> Blueprint:
    """Return the route `POST /predict`: instances in, predictions out, in the same order."""
    blueprint = Blueprint("predict", __name__)
    settings = service.settings

    @blueprint.post("/predict")
    def predict() -> Response:
        deadline = Deadline.after_ms(settings.deadline_ms)
        pipeline = service.running.pipeline
        body = read_body(request, settings.max_body_bytes)
        instances = parse_instances(body, request.headers.get("Content-Type", ""), MEDIA_TYPES)
        predictions = pipeline.predict(instances, deadline)
        answer = msgspec.json.encode({"predictions": predictions})
        return Response(answer, mimetype="application/json")

    return blueprint
