"""Keys: without them all are let in, with them only who sends one."""

import msgspec
import pytest
from flask.testing import FlaskClient

from model_service.app import create_app
from model_service.engine import Engine
from model_service.settings import Settings

OLD, NEW = "an-old-key-of-the-service", "the-new-key-of-the-service"

LET_IN = 400  # to POST /predict without a body


@pytest.fixture
def client(settings: Settings, engine: Engine) -> FlaskClient:
    """Return a client of a service with two keys."""
    with_keys = msgspec.structs.replace(settings, api_keys=f"{OLD}, {NEW}")
    return create_app(with_keys, engine).test_client()


def test_without_keys_all_are_let_in(settings: Settings, engine: Engine) -> None:
    assert create_app(settings, engine).test_client().post("/predict").status_code == LET_IN


@pytest.mark.parametrize("key", [OLD, NEW])
@pytest.mark.parametrize(
    "header", ["Authorization: Bearer {}", "authorization: bearer {}", "X-API-Key: {}"]
)
def test_each_key_lets_in(header: str, key: str, client: FlaskClient) -> None:
    name, _, value = header.format(key).partition(": ")
    assert client.post("/predict", headers={name: value}).status_code == LET_IN


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
