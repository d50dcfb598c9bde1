"""Metrics: what was answered is counted by route and status."""

from flask.testing import FlaskClient
from prometheus_client import REGISTRY

from model_service.app import create_app
from model_service.engine import Engine
from model_service.exposition import as_text
from model_service.model_folder import GoldenExamples
from model_service.settings import Settings


def requests(route: str, code: int) -> float:
    """Return how many requests were counted so far."""
    labels = {"route": route, "code": str(code)}
    return REGISTRY.get_sample_value("service_requests_total", labels) or 0


def steps(step: str) -> float:
    """Return how often a step of a prediction was timed so far."""
    return REGISTRY.get_sample_value("service_step_seconds_count", {"step": step}) or 0


def test_a_request_is_counted_by_route_and_status(client: FlaskClient) -> None:
    before = requests("/predict", 400)
    client.post("/predict", data=b"{")
    assert requests("/predict", 400) == before + 1


def test_unknown_paths_share_one_series(client: FlaskClient) -> None:
    before = requests("unmatched", 404)
    client.get("/wp-admin")
    client.get("/.env")
    assert requests("unmatched", 404) == before + 2
    assert b"wp-admin" not in as_text()


def test_each_step_of_a_prediction_is_timed(client: FlaskClient, golden: GoldenExamples) -> None:
    names = ("preprocess", "model", "postprocess")
    before = [steps(name) for name in names]
    assert client.post("/predict", json={"instances": golden.instances[:1]}).status_code == 200
    assert [steps(name) for name in names] == [count + 1 for count in before]


def test_the_model_that_is_served_is_told(settings: Settings, engine: Engine) -> None:
    text = create_app(settings, engine).test_client().get("/metrics").text
    assert "service_model_ready 1.0" in text
    assert 'service_device_info{asked="cpu",device="cpu"} 1.0' in text
