"""The Open Inference Protocol, version 2: health, and what is told of service and model."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint

from ..errors import ModelHung
from ..openinference.metadata import model_config, model_metadata, server_metadata
from ..openinference.statistics import model_statistics
from ..service import Service
from ..startup import Running
from . import v2_infer
from .documented import JSON, NO_MODEL, OBJECT, UNAVAILABLE, Documentation, documented
from .models import model_named
from .v2_infer import GROUP

MODEL = "/models/<name>"
VERSION = f"{MODEL}/versions/<version>"
TOLD = {JSON: OBJECT}


def create_blueprint(service: Service) -> Blueprint:
    """Return all routes below `/v2`."""
    blueprint = Blueprint("v2", __name__, url_prefix="/v2")

    @blueprint.get("")
    @documented(Documentation("Name, version and extensions of the service", GROUP, TOLD))
    def server() -> dict[str, Any]:
        return server_metadata()

    @blueprint.get("/health/live")
    @documented(Documentation("Is the process alive", GROUP, TOLD, raises=(ModelHung,)))
    def live() -> dict[str, Any]:
        service.check_alive()
        return {"live": True}

    @blueprint.get("/health/ready")
    @documented(Documentation("Does it serve", GROUP, TOLD, raises=UNAVAILABLE))
    def ready() -> dict[str, Any]:  # the protocol's text says `live`, the kserve client `ready`
        return {"live": True, "ready": bool(service.ready)}

    def model_ready(running: Running) -> dict[str, Any]:
        return {"name": running.model.card.name, "ready": bool(service.ready)}

    def tell(path: str, summary: str, what: Callable[[Running], dict[str, Any]]) -> None:
        @documented(Documentation(summary, GROUP, TOLD, raises=NO_MODEL))
        def view(name: str, version: str | None = None) -> dict[str, Any]:
            return what(model_named(service, name, version))

        for rule in (MODEL, VERSION):
            blueprint.add_url_rule(rule + path, what.__name__, view)

    tell("", "Inputs and outputs of the model", model_metadata)
    tell("/ready", "Is the model served", model_ready)
    tell("/config", "The model's configuration", model_config)
    tell("/stats", "Counts and times of the model", model_statistics)
    infer = v2_infer.view(service)
    for rule in (MODEL, VERSION):
        blueprint.add_url_rule(f"{rule}/infer", "infer", infer, methods=["POST"])
    return blueprint
