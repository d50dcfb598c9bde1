"""Is the process alive, does it serve, and how is it doing: for probes and for Prometheus."""

from flask import Blueprint, Response

from .. import metrics
from ..service import Service
from .predict import json_answer


def create_blueprint(service: Service) -> Blueprint:
    """Return `GET /healthz`, `/readyz`, also as SageMaker's `/ping`, and `/metrics`.

    None waits for the model.
    """
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        service.check_alive()
        return json_answer({"status": "alive"})

    @blueprint.get("/ping")
    @blueprint.get("/readyz")
    def readyz() -> Response:
        return json_answer({"status": "ready", **service.ready.describe()})

    @blueprint.get("/metrics")
    def exposition() -> Response:
        return Response(metrics.exposition(), content_type=metrics.CONTENT_TYPE)

    return blueprint
