"""HTTP only: one file a protocol."""

from flask import Blueprint

from ..service import Service
from . import health, predict, v2


def blueprints(service: Service) -> list[Blueprint]:
    """Return the blueprints of all routes."""
    return [
        predict.create_blueprint(service),
        v2.create_blueprint(service),
        health.create_blueprint(service),
    ]
