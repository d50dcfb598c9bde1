"""Metrics: what was answered is counted by route and status, in one worker and over several."""

import os
import subprocess
import sys
from pathlib import Path

from flask.testing import FlaskClient
from prometheus_client import REGISTRY

from model_service.app import create_app
from model_service.engine import Engine
from model_service.metrics import MULTIPROC_DIR, exposition
from model_service.model_folder import GoldenExamples
from model_service.settings import Settings

COUNT = """
from model_service.metrics import REQUESTS
REQUESTS.labels("/predict", 200).inc(3)
"""
TELL = """
from model_service.metrics import exposition
print(exposition().decode())
"""


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
    assert b"wp-admin" not in exposition()


def test_each_step_of_a_prediction_is_timed(client: FlaskClient, golden: GoldenExamples) -> None:
    names = ("preprocess", "model", "postprocess")
    before = [steps(name) for name in names]
    assert client.post("/predict", json={"instances": golden.instances[:1]}).status_code == 200
    assert [steps(name) for name in names] == [count + 1 for count in before]


def test_the_model_that_is_served_is_told(settings: Settings, engine: Engine) -> None:
    text = create_app(settings, engine).test_client().get("/metrics").text
    assert "service_model_ready 1.0" in text
    assert 'service_device_info{asked="cpu",device="cpu"} 1.0' in text


def test_any_worker_answers_for_all(tmp_path: Path) -> None:
    path = os.pathsep.join(sys.path)
    env = os.environ | {MULTIPROC_DIR: str(tmp_path), "PYTHONPATH": path}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", COUNT], env=env, check=True)
    told = subprocess.run(
        [sys.executable, "-c", TELL], env=env, check=True, capture_output=True, text=True
    ).stdout
    assert 'service_requests_total{code="200",route="/predict"} 6.0' in told
