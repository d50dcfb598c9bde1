"""The application: everything is put together here, in the order in which it is used."""

from collections.abc import Callable

from flask import Flask, Request
from werkzeug.routing import MapAdapter

from . import routes
from .engine import Engine
from .loading import load_in_background
from .routes.door import put_door_before
from .routes.envelope import put_in_envelope
from .routes.errors import register_error_handlers
from .routes.platform import add_platform_routes
from .service import Service
from .settings import Settings

SERVICE = "service"


class App(Flask):
    """Flask, but for looking at the host of each request: all hosts are served alike."""

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Return what matches the path of a request, and only that."""
        if request is None:
            return super().create_url_adapter(None)
        return self.url_map.bind("", path_info=request.path, default_method=request.method)


def create_app(
    settings: Settings | None = None,
    engine: Engine | None = None,
    once: Callable[[], None] = lambda: None,
) -> Flask:
    """Return the WSGI application.

    Without an engine the model is loaded in the background and a failure ends the process: this
    is what a server's worker wants; once it is loaded, `once` is called and then it is served. With
    an engine the application is ready on return, or raises StartupError. Raises InvalidSettings.
    """
    service = Service(settings or Settings.from_env())
    app = App(__name__, static_folder=None)
    app.url_map.merge_slashes = False  # it redirects to the host
    app.extensions[SERVICE] = service
    register_error_handlers(app)
    put_door_before(app, service)
    put_in_envelope(app, service)
    for blueprint in routes.blueprints(service):
        app.register_blueprint(blueprint)
    add_platform_routes(app, service.settings)
    if engine is None:
        load_in_background(service, once)
    else:
        service.load(engine)
    return app


def service_of(app: Flask) -> Service:
    """Return the service of an application."""
    service: Service = app.extensions[SERVICE]
    return service
