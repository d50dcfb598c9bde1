"""The Open Inference Protocol, version 2: health, metadata, configuration and statistics."""

from typing import Any

import msgspec
from flask import Blueprint, Response

from .. import metrics
from ..errors import ServiceError
from ..openinference.metadata import model_config, model_metadata, server_metadata
from ..openinference.statistics import model_statistics
from ..service import Service
from . import v2_infer
from .models import model_named

MODEL = "/models/<name>"
VERSION = f"{MODEL}/versions/<version>"


def create_blueprint(service: Service) -> Blueprint:
    """Return all routes below `/v2`."""
    blueprint = Blueprint("v2", __name__, url_prefix="/v2")
    infer = v2_infer.view(service)
    blueprint.post(f"{MODEL}/infer")(infer)
    blueprint.post(f"{VERSION}/infer")(infer)

    @blueprint.get("")
    def server() -> Response:
        return _json(server_metadata())

    # The protocol's text says `live` for both; the kserve client reads `ready`, too.
    @blueprint.get("/health/live")
    def live() -> Response:
        service.check_alive()
        return _json({"live": True, "ready": _is_ready(service)})

    @blueprint.get("/health/ready")
    def ready() -> Response:
        return _json({"live": True, "ready": bool(service.ready)})

    @blueprint.get(f"{MODEL}/ready")
    @blueprint.get(f"{VERSION}/ready")
    def model_ready(name: str, version: str | None = None) -> Response:
        card = model_named(service, name, version).model.card
        return _json({"name": card.name, "ready": bool(service.ready)})

    @blueprint.get(MODEL)
    @blueprint.get(VERSION)
    def metadata(name: str, version: str | None = None) -> Response:
        running = model_named(service, name, version)
        return _json(model_metadata(running.model.card, running.engine.name))

    @blueprint.get(f"{MODEL}/config")
    @blueprint.get(f"{VERSION}/config")
    def config(name: str, version: str | None = None) -> Response:
        running = model_named(service, name, version)
        runtime, max_rows = running.engine.name, running.batcher.max_rows
        return _json(model_config(running.model.card, runtime, max_rows))

    @blueprint.get(f"{MODEL}/stats")
    @blueprint.get(f"{VERSION}/stats")
    def statistics(name: str, version: str | None = None) -> Response:
        card = model_named(service, name, version).model.card
        return _json({"model_stats": [model_statistics(card, metrics.samples())]})

    return blueprint


def _is_ready(service: Service) -> bool:
    try:
        return bool(service.ready)
    except ServiceError:
        return False


def _json(body: dict[str, Any]) -> Response:
    return Response(msgspec.json.encode(body), mimetype="application/json")
