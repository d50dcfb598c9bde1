"""The Open Inference Protocol, version 2: health, and what is told of service and model."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint

from ..openinference.metadata import model_config, model_metadata, server_metadata
from ..openinference.statistics import model_statistics
from ..service import Service
from ..startup import Running
from . import v2_infer
from .models import model_named

MODEL = "/models/<name>"
VERSION = f"{MODEL}/versions/<version>"


def create_blueprint(service: Service) -> Blueprint:
    """Return all routes below `/v2`."""
    blueprint = Blueprint("v2", __name__, url_prefix="/v2")

    @blueprint.get("")
    def server() -> dict[str, Any]:
        return server_metadata()

    @blueprint.get("/health/live")
    def live() -> dict[str, Any]:
        service.check_alive()
        return {"live": True}

    @blueprint.get("/health/ready")
    def ready() -> dict[str, Any]:  # the protocol's text says `live`, the kserve client `ready`
        return {"live": True, "ready": bool(service.ready)}

    def model_ready(running: Running) -> dict[str, Any]:
        return {"name": running.model.card.name, "ready": bool(service.ready)}

    def tell(path: str, what: Callable[[Running], dict[str, Any]]) -> None:
        def view(name: str, version: str | None = None) -> dict[str, Any]:
            return what(model_named(service, name, version))

        for rule in (MODEL, VERSION):
            blueprint.add_url_rule(rule + path, what.__name__, view)

    tell("", model_metadata)
    tell("/ready", model_ready)
    tell("/config", model_config)
    tell("/stats", model_statistics)
    infer = v2_infer.view(service)
    for rule in (MODEL, VERSION):
        blueprint.add_url_rule(f"{rule}/infer", "infer", infer, methods=["POST"])
    return blueprint
