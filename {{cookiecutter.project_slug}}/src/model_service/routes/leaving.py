"""A service that is about to end keeps no connection, so that clients go elsewhere in time."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask

from ..service import Service

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def close_connections_on_leaving(app: Flask, service: Service) -> None:
    """Tell each client to close its connection after the answer, once the service is leaving."""
    inner = app.wsgi_app

    def closing(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            close = [("Connection", "close")] if service.leaving else []
            return start_response(status, headers + close, *rest)

        return inner(environ, start)

    app.wsgi_app = closing  # type: ignore[method-assign]
