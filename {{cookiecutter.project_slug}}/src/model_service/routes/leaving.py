"""A service that is about to end keeps no connection, so that clients go elsewhere in time."""

from flask import Flask, Response

from ..service import Service


def close_connections_on_leaving(app: Flask, service: Service) -> None:
    """Tell each client to close its connection after the answer, once the service is leaving."""

    @app.after_request
    def close(response: Response) -> Response:
        if service.leaving:
            response.headers["Connection"] = "close"
        return response
