"""The paths at which a platform asks, as its settings say: Vertex AI chooses them itself."""

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from ..errors import InvalidSettings
from ..settings import PLATFORM, Settings, variable

ROUTES = {"predict_route": ("POST", "predict.predict"), "health_route": ("GET", "health.readyz")}


def add_platform_routes(app: Flask, settings: Settings) -> None:
    """Serve predictions and readiness at the further paths of the settings, after all others.

    Raises InvalidSettings if a path already answers something else.
    """
    paths = app.url_map.bind("")
    for setting, (method, endpoint) in ROUTES.items():
        path = getattr(settings, setting)
        if not path:
            continue
        if _taken(paths, path, method) not in (None, endpoint):
            names = " or ".join((variable(setting), *PLATFORM[setting]))
            raise InvalidSettings(
                f"{path!r} of {names} is taken by another answer of the service: choose another."
            )
        app.add_url_rule(path, endpoint, methods=[method])


def _taken(paths: MapAdapter, path: str, method: str) -> str | None:
    """Return the name of what answers at a path; None if nothing does."""
    try:
        name: str = paths.match(path, method)[0]
    except HTTPException:
        return None
    return name
