"""`/v2` but for `infer`: health as each client reads it, and what is told of the model."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from model_service.app import create_app, service_of
from model_service.engine import Engine
from model_service.errors import ModelHung
from model_service.model_folder import GoldenExamples, ModelFolder
from model_service.routes.errors import register_error_handlers
from model_service.routes.v2 import create_blueprint
from model_service.service import Service
from model_service.settings import Settings

LIVE = {"live": True}
DATATYPES = {"float32": "FP32", "int64": "INT64"}
READY = {"live": True, "ready": True}


@pytest.fixture
def path(model: ModelFolder) -> str:
    """Return the path of the model."""
    return f"/v2/models/{model.card.name}"


@pytest.fixture
def own(settings: Settings, engine: Engine) -> Flask:
    """Return an application of the test's own."""
    return create_app(settings, engine)


def told(client: FlaskClient, path: str) -> dict[str, object]:
    """Return the JSON of an answer that is none but 200."""
    response = client.get(path)
    assert (response.status_code, response.content_type) == (200, "application/json")
    assert isinstance(response.json, dict)
    return response.json


def test_a_service_that_serves_is_live_and_ready(client: FlaskClient, path: str) -> None:
    assert told(client, "/v2/health/live") == LIVE
    assert told(client, "/v2/health/ready") == READY
    assert told(client, f"{path}/ready")["ready"] is True


def test_a_service_without_its_model_is_live_alone(settings: Settings, path: str) -> None:
    app = Flask(__name__, static_folder=None)
    register_error_handlers(app)
    app.register_blueprint(create_blueprint(Service(settings)))
    client = app.test_client()
    assert told(client, "/v2/health/live") == LIVE
    assert told(client, "/v2")["name"]
    for waiting in ("/v2/health/ready", f"{path}/ready", path, f"{path}/stats"):
        assert client.get(waiting).status_code == 503
    assert client.post(f"{path}/infer").status_code == 503


def test_a_service_that_leaves_is_live_and_not_ready(own: Flask, path: str) -> None:
    service_of(own).leave()
    client = own.test_client()
    assert told(client, "/v2/health/live") == LIVE
    assert client.get("/v2/health/ready").status_code == 503
    assert client.get(f"{path}/ready").status_code == 503
    assert client.get(path).status_code == 200


def test_a_service_that_hangs_is_neither(own: Flask) -> None:
    service_of(own).give_up(ModelHung("It hangs."))
    assert own.test_client().get("/v2/health/live").status_code == 503
    assert own.test_client().get("/v2/health/ready").status_code == 503


def test_the_model_is_told_as_its_card_says(
    client: FlaskClient, path: str, model: ModelFolder
) -> None:
    card = model.card
    metadata = told(client, path)
    assert metadata["versions"] == [card.version]
    assert metadata["inputs"] == [
        {"name": spec.name, "datatype": DATATYPES[spec.dtype], "shape": list(spec.shape)}
        for spec in card.inputs
    ]
    assert told(client, f"{path}/config")["name"] == card.name
    for what in ("", "/ready", "/config", "/stats"):
        assert told(client, f"{path}/versions/{card.version}{what}")
        for other in (f"{path}/versions/0{what}", f"/v2/models/other{what}"):
            response = client.get(other)
            assert response.json is not None
            assert (response.status_code, response.json["code"]) == (404, "model_not_found")


def test_the_statistics_count_the_predictions_of_every_protocol(
    client: FlaskClient, path: str, golden: GoldenExamples
) -> None:
    def counted() -> tuple[int, int, int]:
        (one,) = client.get(f"{path}/stats").get_json()["model_stats"]
        stats = one["inference_stats"]
        return one["inference_count"], stats["success"]["count"], stats["fail"]["count"]

    rows, answered, failed = counted()
    assert client.post("/predict", json={"instances": golden.instances[:1]}).status_code == 200
    assert client.post("/predict", json={"instances": 1}).status_code == 400
    assert client.post(f"{path}/infer", data=b"{}").status_code == 400
    assert counted() == (rows + 1, answered + 1, failed + 2)


def test_probes_need_no_key_and_all_else_does(
    settings: Settings, engine: Engine, path: str, tmp_path: Path
) -> None:
    key = tmp_path / "keys"
    key.write_text("a-key-of-this-very-test")
    changed = Settings(model_dir=settings.model_dir, api_keys_file=str(key))
    client = create_app(changed, engine).test_client()
    assert client.get("/v2/health/live").status_code == 200
    assert client.get("/v2/health/ready").status_code == 200
    for closed in ("/v2", path, f"{path}/ready", f"{path}/config", f"{path}/stats"):
        assert client.get(closed).status_code == 401
    assert client.post(f"{path}/infer").status_code == 401
    assert client.get(path, headers={"X-API-Key": key.read_text()}).status_code == 200
