"""Keys: without them all are let in, with them only who sends one."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from model_service.logs import observe_requests
from model_service.routes.auth import require_key
from model_service.routes.errors import register_error_handlers
from model_service.settings import Settings

OLD, NEW = "an-old-key-of-the-service", "the-new-key-of-the-service"

ROUTES = {
    "/healthz": "health.healthz",
    "/readyz": "health.readyz",
    "/metrics": "health.exposition",
    "/predict": "predict.predict",
    "/": "page.index",
    "/docs": "page.docs",
    "/assets/page.js": "page.asset",
}


def client_of(settings: Settings) -> FlaskClient:
    """Return a client of an application that has two routes and these settings."""
    app = Flask(__name__, static_folder=None)
    register_error_handlers(app)
    observe_requests(app)
    require_key(app, settings)
    for path, endpoint in ROUTES.items():
        app.add_url_rule(path, endpoint, lambda: "served", methods=["GET", "POST"])
    return app.test_client()


@pytest.fixture
def client() -> FlaskClient:
    """Return a client of an application with two keys."""
    return client_of(Settings(api_keys=f"{OLD}, {NEW}"))


def test_without_keys_all_are_let_in() -> None:
    assert client_of(Settings()).post("/predict").status_code == 200


@pytest.mark.parametrize("key", [OLD, NEW])
@pytest.mark.parametrize(
    "header", ["Authorization: Bearer {}", "authorization: bearer {}", "X-API-Key: {}"]
)
def test_each_key_lets_in(header: str, key: str, client: FlaskClient) -> None:
    name, _, value = header.format(key).partition(": ")
    assert client.post("/predict", headers={name: value}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-API-Key": ""},
        {"X-API-Key": OLD[:-1]},
        {"X-API-Key": f"{OLD}, {NEW}"},
        {"X-API-Key": OLD.upper()},
        {"X-API-Key": "schl\u00fcssel"},
        {"Authorization": OLD},
        {"Authorization": f"Basic {OLD}"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer no-key-of-the-service", "X-API-Key": OLD},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/predict", "/metrics", "/nowhere"])
def test_nobody_else_is(path: str, headers: dict[str, str], client: FlaskClient) -> None:
    response = client.post(path, headers=headers)
    assert response.json is not None
    assert (response.status_code, response.json["code"]) == (401, "unauthorized")
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert OLD not in response.text


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/", "/docs", "/assets/page.js"])
def test_a_probe_and_a_page_need_no_key(path: str, client: FlaskClient) -> None:
    assert client.get(path).status_code == 200
