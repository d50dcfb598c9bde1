"""Paths that a platform chooses: served beside the others, unless they are taken."""

import msgspec
import pytest
from flask.testing import FlaskClient

from model_service.app import create_app
from model_service.engine import Engine
from model_service.errors import InvalidSettings
from model_service.model_folder import GoldenExamples
from model_service.settings import Settings

ENDPOINT = "/v1/endpoints/1234567890/deployedModels/42"  # what Vertex AI chooses if nobody does


def client_of(settings: Settings, engine: Engine, **changes: str) -> FlaskClient:
    """Return a client of the application with some settings changed."""
    return create_app(msgspec.structs.replace(settings, **changes), engine).test_client()


@pytest.mark.parametrize(
    ("predict", "health"),
    [
        (f"{ENDPOINT}:predict", ENDPOINT),
        ("/predict", "/predict"),
        ("/predict", "/readyz"),
        ("/invocations", "/ping"),
        ("/a/b/c", "/a/b"),
    ],
)
def test_predictions_and_readiness_are_where_the_platform_asks(
    predict: str, health: str, settings: Settings, engine: Engine, golden: GoldenExamples
) -> None:
    client = client_of(settings, engine, predict_route=predict, health_route=health)
    body = {"instances": golden.instances[:1], "parameters": None}
    for path in (predict, "/predict", "/invocations"):
        answer = client.post(path, json=body)
        assert answer.status_code == 200
        assert answer.json == client.post("/predict", json=body).json
    for path in (health, "/readyz", "/ping"):
        answer = client.get(path)
        assert answer.json == client.get("/readyz").json
    assert client.delete(predict).status_code == client.delete(health).status_code == 405


def test_probes_of_a_platform_need_no_key(settings: Settings, engine: Engine) -> None:
    key = "a-key-of-this-very-test"
    client = client_of(
        settings, engine, api_keys=key, predict_route="/vertex", health_route="/vertex"
    )
    assert client.get("/vertex").status_code == client.get("/ping").status_code == 200
    assert client.post("/vertex").status_code == client.post("/invocations").status_code == 401


@pytest.mark.parametrize(
    ("setting", "path"),
    [
        ("health_route", "/metrics"),
        ("health_route", "/healthz"),
        ("health_route", "/v1/models"),
        ("health_route", "/v1/models/any/metadata"),
        ("predict_route", "/v1/models/any:predict"),
    ],
)
def test_a_path_that_answers_something_else_is_refused(
    setting: str, path: str, settings: Settings, engine: Engine
) -> None:
    with pytest.raises(InvalidSettings, match=f"'{path}' of SERVICE_{setting.upper()} or AIP_"):
        client_of(settings, engine, **{setting: path})
