"""A service that leaves: answers go on, connections do not."""

from model_service.app import create_app, service_of
from model_service.engine import Engine
from model_service.settings import Settings


def test_a_connection_is_closed_once_the_service_leaves(settings: Settings, engine: Engine) -> None:
    app = create_app(settings, engine)
    client = app.test_client()
    assert "Connection" not in client.get("/healthz").headers
    service_of(app).leave()
    for path in ("/healthz", "/readyz", "/nothing"):
        assert client.get(path).headers["Connection"] == "close"
