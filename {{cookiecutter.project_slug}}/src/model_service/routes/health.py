"""Is the process alive, does it serve, and how is it doing: for probes and for Prometheus."""

import msgspec
from flask import Blueprint, Response

from .. import metrics
from ..service import Service


def create_blueprint(service: Service) -> Blueprint:
    """Return `GET /healthz`, `/readyz`, also as SageMaker's `/ping`, and `/metrics`.

    None waits for the model.
    """
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        service.check_alive()
        return _json({"status": "alive"})

    @blueprint.get("/ping")
    @blueprint.get("/readyz")
    def readyz() -> Response:
        return _json({"status": "ready", **service.ready.describe()})

    @blueprint.get("/metrics")
    def exposition() -> Response:
        return Response(metrics.exposition(), content_type=metrics.CONTENT_TYPE)

    return blueprint


def _json(body: dict[str, object]) -> Response:
    return Response(msgspec.json.encode(body), mimetype="application/json")
