"""Logs: one JSON object a line, one line a request, and nothing of what clients send."""

import json
import logging
import sys
import uuid

import pytest
from flask.testing import FlaskClient

from model_service.logs import JsonFormatter, config

LOGGER = "model_service.logs"
LONGEST_ID = 128 * "a"


def record(message: str, *args: object, **attributes: object) -> logging.LogRecord:
    """Return a log record with some of its attributes given."""
    made = logging.LogRecord("service", logging.WARNING, __file__, 1, message, args, None)
    vars(made).update(attributes)
    return made


def test_a_record_is_one_line_of_json() -> None:
    line = JsonFormatter().format(record("%s has\ntwo lines", "é"))
    assert "\n" not in line
    fields = json.loads(line)
    assert fields.pop("time").endswith("+00:00")
    assert fields == {"level": "warning", "logger": "service", "message": "é has\ntwo lines"}


def test_fields_of_a_record_stand_beside_its_message() -> None:
    line = json.loads(JsonFormatter().format(record("request", fields={"status": 200})))
    assert (line["message"], line["status"]) == ("request", 200)


def test_a_traceback_is_a_field_of_the_line() -> None:
    try:
        raise ValueError("the reason")
    except ValueError:
        line = JsonFormatter().format(record("failed", exc_info=sys.exc_info()))
    assert "\n" not in line
    assert "ValueError: the reason" in json.loads(line)["traceback"]


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
def test_a_level_of_the_settings_is_one_of_logging(level: str) -> None:
    assert isinstance(logging.getLevelName(config(level)["root"]["level"]), int)


@pytest.mark.parametrize("given", ["abc", "A-1.b_2:3", LONGEST_ID, "0123456789abcdef" * 2])
def test_the_id_of_the_client_is_kept(given: str, client: FlaskClient) -> None:
    response = client.get("/healthz", headers={"X-Request-ID": given})
    assert response.headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", " ", "a b", "<script>", '"', "é", LONGEST_ID + "a"])
def test_an_id_that_could_do_harm_is_replaced(given: str, client: FlaskClient) -> None:
    response = client.get("/healthz", headers={"X-Request-ID": given})
    assert uuid.UUID(response.headers["X-Request-ID"]).hex == response.headers["X-Request-ID"]


def logged(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """Return the lines of requests."""
    return [line for line in caplog.records if line.name == LOGGER]


def test_a_request_is_logged_once_with_its_id_and_status(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, LOGGER):
        client.post("/predict", data=b"{", headers={"X-Request-ID": "abc"})
    (line,) = logged(caplog)
    assert line.levelno == logging.INFO
    fields = vars(line)["fields"]
    assert fields.pop("ms") >= 0
    assert fields == {"request_id": "abc", "method": "POST", "path": "/predict", "status": 400}


def test_what_a_client_sends_is_not_logged(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        client.post("/predict?key=secret1", json={"instances": ["secret2"]})
        client.post("/predict", data="secret3", headers={"Authorization": "secret4"})
    assert len(logged(caplog)) == 2
    lines = [JsonFormatter().format(line) for line in caplog.records]
    assert not [line for line in lines if "secret" in line]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_probes_are_logged_for_debugging_only(
    path: str, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, LOGGER):
        client.get(path)
    (line,) = logged(caplog)
    assert line.levelno == logging.DEBUG
