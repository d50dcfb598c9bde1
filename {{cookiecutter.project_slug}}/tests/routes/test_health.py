"""Probes: alive from the start, ready once the model is served, metrics always."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from model_service import routes
from model_service.app import create_app, service_of
from model_service.engine import Engine
from model_service.errors import ModelHung
from model_service.model_folder import ModelFolder
from model_service.preprocessing import KIND
from model_service.routes.envelope import put_in_envelope
from model_service.routes.errors import register_error_handlers
from model_service.service import Service
from model_service.settings import Settings


@pytest.fixture
def loading(settings: Settings) -> FlaskClient:
    """Return a client of an application whose model is not there yet."""
    app = Flask(__name__, static_folder=None)
    register_error_handlers(app)
    put_in_envelope(app, Service(settings))
    for blueprint in routes.blueprints(Service(settings)):
        app.register_blueprint(blueprint)
    return app.test_client()


def test_the_process_is_alive_while_its_model_loads(loading: FlaskClient) -> None:
    response = loading.get("/healthz")
    assert (response.status_code, response.json) == (200, {"status": "alive"})


@pytest.mark.parametrize(("method", "path"), [("GET", "/readyz"), ("POST", "/predict")])
def test_what_needs_the_model_says_that_it_is_loading(
    method: str, path: str, loading: FlaskClient
) -> None:
    response = loading.open(path, method=method, json={"instances": []})
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "1"
    assert response.json is not None
    assert response.json["code"] == "model_not_ready"


def test_a_service_whose_model_is_loaded_turns_ready(settings: Settings, engine: Engine) -> None:
    service = Service(settings)
    app = Flask(__name__, static_folder=None)
    register_error_handlers(app)
    for blueprint in routes.blueprints(service):
        app.register_blueprint(blueprint)
    client = app.test_client()
    assert client.get("/readyz").status_code == 503
    service.load(engine)
    assert client.get("/readyz").status_code == 200


def test_readiness_tells_what_runs_where(
    client: FlaskClient, model: ModelFolder, engine: Engine
) -> None:
    told = client.get("/readyz").json
    assert told is not None
    assert told.pop("device_reason")
    assert told == {
        "status": "ready",
        "model": model.card.name,
        "version": model.card.version,
        "input_kind": KIND,
        "engine": engine.name,
        "device": "cpu",
        "threads": engine.threads,
        "dtype": "float32",
        "quantization": "none",
        "golden_examples": len(model.golden().instances),
    }


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_probes_answer_get_and_head_alone(path: str, client: FlaskClient) -> None:
    assert client.head(path).status_code == 200
    assert client.post(path).status_code == 405


def test_metrics_are_prometheus_text_even_while_the_model_loads(loading: FlaskClient) -> None:
    response = loading.get("/metrics")
    assert response.status_code == 200
    assert response.content_type.startswith("text/plain")
    assert "# TYPE service_requests_total counter" in response.text


def test_a_model_that_hangs_turns_the_process_dead_and_not_ready(
    settings: Settings, engine: Engine
) -> None:
    app = create_app(settings, engine)
    service_of(app).give_up(ModelHung("It hangs."))
    for path in ("/healthz", "/readyz"):
        response = app.test_client().get(path)
        assert response.status_code == 503
        assert response.json is not None
        assert response.json["code"] == "model_hung"
    assert app.test_client().get("/metrics").status_code == 200
