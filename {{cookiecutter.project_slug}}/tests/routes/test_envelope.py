"""What every answer gets: its id, a line in the log with nothing of what clients send."""

import logging
import uuid

import pytest
from flask.testing import FlaskClient
from prometheus_client import REGISTRY

from model_service.app import create_app, service_of
from model_service.engine import Engine
from model_service.logs import JsonFormatter
from model_service.model_folder import GoldenExamples
from model_service.routes.answered import logger
from model_service.routes.timeout import HEADER as TIMEOUT
from model_service.settings import Settings
from model_service.tally import TALLY

LOGGER = logger.name
LONGEST_ID = 128 * "a"


@pytest.mark.parametrize("given", ["abc", "A-1.b_2:3", LONGEST_ID, "0123456789abcdef" * 2])
def test_the_id_of_the_client_is_kept(given: str, client: FlaskClient) -> None:
    response = client.get("/healthz", headers={"X-Request-ID": given})
    assert response.headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", " ", "a b", "<script>", '"', "é", LONGEST_ID + "a"])
def test_an_id_that_could_do_harm_is_replaced(given: str, client: FlaskClient) -> None:
    response = client.get("/healthz", headers={"X-Request-ID": given})
    assert uuid.UUID(response.headers["X-Request-ID"]).hex == response.headers["X-Request-ID"]


@pytest.fixture(autouse=True)
def told() -> None:
    """Have the lines of earlier tests written before one begins."""
    TALLY.count()


def logged(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """Return the lines of requests, which are written a moment after their answers."""
    TALLY.count()
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


def test_a_connection_is_closed_once_the_service_leaves(settings: Settings, engine: Engine) -> None:
    app = create_app(settings, engine)
    client = app.test_client()
    assert "Connection" not in client.get("/healthz").headers
    service_of(app).leave()
    for path in ("/healthz", "/readyz", "/nothing"):
        assert client.get(path).headers["Connection"] == "close"


def test_predictions_are_counted_by_their_outcome(
    client: FlaskClient, golden: GoldenExamples
) -> None:
    def counted(outcome: str) -> float:
        name, labels = "service_prediction_seconds_count", {"outcome": outcome}
        return REGISTRY.get_sample_value(name, labels) or 0

    answered, failed = counted("success"), counted("fail")
    client.post("/predict", json={"instances": golden.instances[:1]})
    client.post("/predict", data=b"{")
    client.post("/predict", json={"instances": golden.instances[:1]}, headers={TIMEOUT: "soon"})
    client.get("/healthz")
    client.get("/nothing")
    assert (counted("success"), counted("fail")) == (answered + 1, failed + 2)
