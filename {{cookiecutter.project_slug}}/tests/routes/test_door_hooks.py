"""Predictions are the same with and without Flask, which calls hooks for them if there are any."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from model_service.app import create_app, service_of
from model_service.engine import Engine
from model_service.model_folder import GoldenExamples, ModelFolder
from model_service.settings import Settings


@pytest.fixture
def app(settings: Settings, engine: Engine) -> Flask:
    """Return an application without hooks."""
    return create_app(settings, engine)


def answers_of(client: FlaskClient, name: str, golden: GoldenExamples) -> list[tuple[int, object]]:
    """Return what good and bad predictions of each protocol are answered, but for their ids."""
    bodies = [{"instances": golden.instances[:1]}, {"instances": [{"no such": "instance"}]}, {}]
    paths = "/predict", f"/v1/models/{name}:predict", f"/v2/models/{name}/infer"
    headers = {"X-Request-ID": "abc"}
    responses = [client.post(path, json=body, headers=headers) for path in paths for body in bodies]
    return [(response.status_code, response.json) for response in responses]


def test_flask_and_hooks_change_nothing_in_the_answers(
    app: Flask, model: ModelFolder, golden: GoldenExamples
) -> None:
    directly = answers_of(app.test_client(), model.card.name, golden)
    app.before_request(lambda: None)
    assert answers_of(app.test_client(), model.card.name, golden) == directly
    assert {status for status, _ in directly} >= {200, 400, 422}


@pytest.mark.parametrize("kind", ["before_request", "after_request", "teardown_request"])
def test_hooks_are_called_for_predictions(kind: str, app: Flask) -> None:
    called = []

    def hook(*given: object) -> object:
        called.append(kind)
        return given[0] if given else None

    getattr(app, kind)(hook)
    app.test_client().post("/predict", json={"instances": []})
    assert called == [kind]


def test_without_hooks_no_context_of_flask_is_made(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "request_context", None)  # what it would need
    assert app.test_client().post("/predict", data=b"").status_code == 400


def test_what_is_unforeseen_is_told_as_by_flask(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError("a secret of the service")

    monkeypatch.setattr(service_of(app).running.pipeline, "predict", break_down)
    app.config["PROPAGATE_EXCEPTIONS"] = False  # as outside of tests

    def told() -> tuple[int, object]:
        headers = {"X-Request-ID": "abc"}
        response = app.test_client().post("/predict", json={"instances": []}, headers=headers)
        return response.status_code, response.json

    directly = told()
    app.before_request(lambda: None)
    assert told() == directly
    assert directly[0] == 500
    assert "secret" not in str(directly)
