"""The door: without room a prediction is refused before Flask sees it, in the same words."""

from collections.abc import Iterator

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import REGISTRY

from model_service.app import create_app, service_of
from model_service.deadline import Deadline
from model_service.engine import Engine
from model_service.errors import Overloaded
from model_service.model_folder import ModelFolder
from model_service.settings import Settings

SENTENCE = "The service has all the work it can take: try again later."


@pytest.fixture
def app(settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """Return an application that has no room, and whose routes are never reached."""
    app = create_app(settings, engine)

    def full(_: Deadline) -> None:
        raise Overloaded(SENTENCE)

    monkeypatch.setattr(service_of(app).running.pipeline, "check_room", full)
    yield app


def paths_of(model: ModelFolder) -> list[str]:
    """Return the paths of all protocols at which predictions are asked for."""
    name, version = model.card.name, model.card.version
    return [
        *("/predict", "/invocations", f"/v1/models/{name}:predict", f"/v2/models/{name}/infer"),
        f"/v2/models/{name}/versions/{version}/infer",
    ]


def test_every_protocol_is_refused_at_the_door(app: Flask, model: ModelFolder) -> None:
    reached = []
    app.before_request(lambda: reached.append(1))
    client = app.test_client()
    for path in paths_of(model):
        response = client.post(path, data=b"", headers={"X-Request-ID": "abc"})
        assert response.status_code == 503
        assert response.headers["Retry-After"] == "1"
        assert response.headers["X-Request-ID"] == "abc"
        assert response.json == {"error": SENTENCE, "code": "overloaded", "request_id": "abc"}
    assert not reached


def test_without_a_place_they_are_refused_there_too(settings: Settings, engine: Engine) -> None:
    app, reached = create_app(msgspec.structs.replace(settings, queue_rows=1), engine), []
    app.before_request(lambda: reached.append(1))
    with service_of(app).in_flight:
        assert app.test_client().post("/predict", data=b"").status_code == 503
    assert not reached
    app.test_client().post("/predict", data=b"")
    assert reached


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/v2", "/openapi.json"])
def test_what_does_not_predict_is_answered_without_room(path: str, app: Flask) -> None:
    assert app.test_client().get(path).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/predict", 405), ("POST", "/nothing", 404), ("POST", "/healthz", 405)],
)
def test_what_no_route_answers_is_no_prediction(
    method: str, path: str, status: int, app: Flask
) -> None:
    assert app.test_client().open(path, method=method).status_code == status


def counted(sample: str, **labels: str) -> float:
    """Return a number of the metrics, 0 if it is not there yet."""
    return REGISTRY.get_sample_value(sample, labels) or 0.0


def test_a_refusal_is_counted_as_one(app: Flask) -> None:
    samples = [
        ("service_requests_total", {"route": "/predict", "code": "503"}),
        ("service_rejected_total", {"code": "overloaded"}),
        ("service_prediction_seconds_count", {"outcome": "fail"}),
        ("service_request_seconds_count", {"route": "/predict"}),
    ]
    before = [counted(name, **labels) for name, labels in samples]
    app.test_client().post("/predict", data=b"")
    assert [counted(name, **labels) for name, labels in samples] == [n + 1 for n in before]


def test_a_deadline_that_is_no_number_is_told_at_the_door(client: FlaskClient) -> None:
    response = client.post("/predict", headers={"X-Request-Timeout-Ms": "soon"})
    assert response.status_code == 400
    assert response.json is not None
    assert response.json["code"] == "invalid_request"


def test_a_caller_of_a_service_that_leaves_is_told_to_go(app: Flask) -> None:
    service_of(app).leave()
    assert app.test_client().post("/predict").headers["Connection"] == "close"
