"""What the manifests of a render ask of its service: what that has, in time and in its memory."""

import importlib
import re
import sys
from pathlib import Path

import pytest
from flask import Flask
from model_service import metrics, settings
from model_service.routes import health
from model_service.routes.auth import OPEN
from model_service.service import Service
from model_service.settings import Settings
from model_service.worker import REFUSAL_S
from service import free_port, get, running

from .answers import QUESTIONS
from .conftest import Bake
from .manifests import (
    NAME,
    PROBES,
    container_of,
    deployment_of,
    folder_of,
    pod_of,
    read,
    resources,
    settings_of,
)


@pytest.mark.parametrize("batching", QUESTIONS["batching"])
def test_the_settings_are_those_of_the_service(batching: str, bake: Bake) -> None:
    environ = settings_of(bake(batching=batching))
    ignored = importlib.import_module(f"model_service.batching.{batching}").IGNORED_SETTINGS
    assert Settings.from_env(environ).host == "0.0.0.0"
    assert set(environ) <= {settings.variable(field) for field in Settings.__struct_fields__}
    assert settings.warnings(environ, ignored) == []


def test_a_pod_may_take_as_long_to_end_as_its_last_request(project: Path) -> None:
    deployment = deployment_of(project)
    given = Settings.from_env(settings_of(project))
    last_answer = given.drain_s + REFUSAL_S + given.deadline_ms / 1000
    assert last_answer < given.grace_s < pod_of(deployment)["terminationGracePeriodSeconds"]
    assert "lifecycle" not in container_of(deployment)  # on SIGTERM the service itself drains


def test_probes_ask_what_the_service_answers_without_a_key(project: Path) -> None:
    app = Flask(__name__)
    app.register_blueprint(health.create_blueprint(Service(Settings())))
    routes = {rule.rule: rule.endpoint for rule in app.url_map.iter_rules()}
    deployment = deployment_of(project)
    asked = {probe: container_of(deployment)[probe]["httpGet"]["path"] for probe in PROBES}
    assert {routes[path] for path in asked.values()} <= OPEN
    assert asked["startupProbe"] == asked["readinessProbe"] == "/readyz"
    assert asked["livenessProbe"] == "/healthz"  # answers at any load, and during the drain
    scraped = deployment["spec"]["template"]["metadata"]["annotations"]["prometheus.io/path"]
    assert routes[scraped] == "health.exposition"


def test_the_service_plans_by_a_whole_number_of_cpus(project: Path) -> None:
    resources_ = container_of(deployment_of(project))["resources"]
    assert resources_["requests"]["cpu"] == resources_["limits"]["cpu"]
    assert int(resources_["limits"]["cpu"]) >= 1


@pytest.mark.parametrize("batching", QUESTIONS["batching"])
def test_the_worst_that_may_be_let_in_fits_the_memory(batching: str, bake: Bake) -> None:
    project = bake(batching=batching)
    limits = container_of(deployment_of(project))["resources"]["limits"]
    given = Settings.from_env(settings_of(project))
    option = importlib.import_module(f"model_service.batching.{batching}")
    processes = option.max_workers(int(limits["cpu"]))
    runtime_and_model = 600 * 2**20  # with TensorFlow and a starter 563 MiB
    process = given.queue_rows * given.max_body_bytes + given.queue_bytes + runtime_and_model
    assert processes * process <= int(limits["memory"].removesuffix("Gi")) * 2**30


def test_keda_asks_for_a_metric_of_the_service_and_before_it_refuses(
    project: Path,
) -> None:
    scaled = read(folder_of(project) / "components/keda/scaled-object.yaml")["spec"]
    autoscaler = resources(folder_of(project))["HorizontalPodAutoscaler"]["spec"]
    (trigger,) = scaled["triggers"]
    assert re.findall(r"service_\w+", trigger["metadata"]["query"]) == [metrics.ROWS._name]
    given = Settings.from_env(settings_of(project))
    assert 1 <= int(trigger["metadata"]["threshold"]) <= given.queue_rows / 2
    assert scaled["scaleTargetRef"]["name"] == autoscaler["scaleTargetRef"]["name"]
    assert scaled["minReplicaCount"] == autoscaler["minReplicas"]
    assert scaled["maxReplicaCount"] == autoscaler["maxReplicas"]
    pods = re.search(r'pod=~"([^"]+)"', trigger["metadata"]["query"])
    assert pods
    assert re.fullmatch(pods[1], f"{NAME}-7d4b9c6f5d-x2x9k")
    assert not re.fullmatch(pods[1], f"{NAME}-canary-7d4b9c6f5d-x2x9k")


def test_the_service_serves_and_is_probed_as_the_manifests_say(project: Path) -> None:
    port = free_port()
    container = container_of(deployment_of(project))
    environ = settings_of(project) | {"SERVICE_HOST": "127.0.0.1", "SERVICE_PORT": str(port)}
    environ |= {"PYTHONPATH": "src", "SERVICE_DRAIN_S": "0"}
    serve = [sys.executable, "-m", "digit_reader", "serve"]
    asked = [container[probe]["httpGet"]["path"] for probe in PROBES]
    with running(serve, project, port, environ, ready=asked[0]):
        assert [get(port, path)["status"] for path in asked] == ["ready", "ready", "alive"]
