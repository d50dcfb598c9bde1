"""Every failure is answered with its status, its code and one JSON body; internals stay inside."""

import logging
import uuid

import pytest
from flask import Flask
from flask.testing import FlaskClient

from model_service import errors
from model_service.routes.envelope import put_in_envelope
from model_service.routes.errors import register_error_handlers
from model_service.service import Service
from model_service.settings import Settings

SENTENCE = "Do this: then that."


@pytest.fixture
def client() -> FlaskClient:
    """Return a client of an application whose routes only raise."""
    app = Flask(__name__, static_folder=None)
    register_error_handlers(app)
    put_in_envelope(app, Service(Settings()))

    @app.get("/raise/<name>")
    def raise_named(name: str) -> str:
        raise getattr(errors, name)(SENTENCE)

    @app.get("/crash")
    def crash() -> str:
        raise KeyError("secret of the inside")

    return app.test_client()


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("ServiceError", 500, "internal_error"),
        ("InvalidRequest", 400, "invalid_request"),
        ("Unauthorized", 401, "unauthorized"),
        ("BodyTooLarge", 413, "body_too_large"),
        ("UnsupportedMediaType", 415, "unsupported_media_type"),
        ("InvalidInstance", 422, "invalid_instance"),
        ("TooManyInstances", 422, "too_many_instances"),
        ("ModelFault", 500, "model_fault"),
        ("ModelNotReady", 503, "model_not_ready"),
        ("Overloaded", 503, "overloaded"),
        ("DeadlineExceeded", 504, "deadline_exceeded"),
    ],
)
def test_a_failure_is_answered_with_its_status_and_code(
    name: str, status: int, code: str, client: FlaskClient
) -> None:
    response = client.get(f"/raise/{name}", headers={"X-Request-ID": "abc"})
    assert response.status_code == status
    assert response.content_type == "application/json"
    assert response.json == {"error": SENTENCE, "code": code, "request_id": "abc"}


@pytest.mark.parametrize("name", ["ModelNotReady", "Overloaded"])
def test_what_passes_by_itself_says_when_to_try_again(name: str, client: FlaskClient) -> None:
    assert client.get(f"/raise/{name}").headers["Retry-After"] == "1"


@pytest.mark.parametrize("name", ["InvalidInstance", "ModelFault", "DeadlineExceeded"])
def test_what_does_not_pass_asks_for_no_other_try(name: str, client: FlaskClient) -> None:
    assert "Retry-After" not in client.get(f"/raise/{name}").headers


def test_an_unexpected_error_is_logged_and_not_told(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    response = client.get("/crash", headers={"X-Request-ID": "abc"})
    assert response.status_code == 500
    assert response.json is not None
    assert (response.json["code"], response.json["request_id"]) == ("internal_error", "abc")
    assert "secret" not in response.text
    assert "KeyError" not in response.text
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.exc_info
    assert "secret of the inside" in str(record.exc_info[1])


def test_an_unknown_path_is_answered_with_the_one_that_predicts(client: FlaskClient) -> None:
    response = client.get("/nowhere")
    assert response.status_code == 404
    assert response.json is not None
    assert response.json["code"] == "not_found"
    assert "/nowhere" in response.json["error"]
    assert "POST /predict" in response.json["error"]


def test_a_wrong_method_is_answered_with_the_right_ones(client: FlaskClient) -> None:
    response = client.delete("/crash")
    assert response.status_code == 405
    assert response.json is not None
    assert response.json["code"] == "method_not_allowed"
    assert "DELETE" in response.json["error"]
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_an_answer_without_a_given_id_gets_one_of_its_own(client: FlaskClient) -> None:
    first, second = (client.get("/nowhere") for _ in range(2))
    assert first.json is not None
    assert second.json is not None
    assert uuid.UUID(first.json["request_id"]) != uuid.UUID(second.json["request_id"])
    assert first.headers["X-Request-ID"] == first.json["request_id"]
