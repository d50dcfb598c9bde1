"""HTTP only: one file a protocol."""

from flask import Blueprint

from ..service import Service
from . import health, openapi, page, predict, v1, v2


def blueprints(service: Service) -> list[Blueprint]:
    """Return the blueprints of all routes."""
    protocols = (predict, v1, v2, health, openapi, page)
    return [protocol.create_blueprint(service) for protocol in protocols]
