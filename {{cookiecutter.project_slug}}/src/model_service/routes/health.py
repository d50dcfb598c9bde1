"""Is the process alive, does it serve, and how is it doing: for probes and for Prometheus."""

from typing import Literal, TypedDict

from flask import Blueprint, Response

from ..errors import ModelHung
from ..exposition import CONTENT_TYPE, as_text
from ..service import Service
from ..startup import Description
from .documented import JSON, TEXT, UNAVAILABLE, Documentation, documented

GROUP = "health"


class Health(TypedDict):
    """The process is of use."""

    status: Literal["alive"]


class Readiness(Description):
    """The model is served."""

    status: Literal["ready"]


READY = Documentation(
    "Does it serve, what, and where",
    GROUP,
    gives={JSON: Readiness},
    raises=UNAVAILABLE,
)


def create_blueprint(service: Service) -> Blueprint:
    """Return `GET /healthz`, `/readyz`, also as SageMaker's `/ping`, and `/metrics`.

    None waits for the model.
    """
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    @documented(Documentation("Is the process alive", GROUP, {JSON: Health}, raises=(ModelHung,)))
    def healthz() -> Health:
        service.check_alive()
        return Health(status="alive")

    @blueprint.get("/ping")
    @blueprint.get("/readyz")
    @documented(READY)
    def readyz() -> Readiness:
        return Readiness(status="ready", **service.ready.describe())

    @blueprint.get("/metrics")
    @documented(Documentation("Metrics for Prometheus", GROUP, {"text/plain": TEXT}))
    def exposition() -> Response:
        return Response(as_text(), content_type=CONTENT_TYPE)

    return blueprint
