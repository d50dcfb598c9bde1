"""The InferenceService of a render: valid, and the same service as in its Deployment."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from model_service.routes import v2
from model_service.routes.auth import OPEN
from model_service.service import Service
from model_service.settings import Settings

from .answers import QUESTIONS, ROOT
from .conftest import Bake
from .manifests import (
    NEWEST,
    OLDEST,
    PROBES,
    Manifest,
    assert_fits,
    assert_valid,
    each_gpu,
    read,
    settings_of,
    uncommented,
)

PYTHON = ROOT / ".cache" / "kserve" / "bin" / "python"
CHECK = ROOT / "tests" / "kserve" / "manifest.py"
MANIFEST = "deploy/kserve/inferenceservice.yaml"

each_text = pytest.mark.parametrize("text", ["as it is", "uncommented"])


def manifest_of(project: Path, text: str = "as it is") -> Manifest:
    """Return the InferenceService, with what it offers in comments if that is asked for."""
    source = (project / MANIFEST).read_text(encoding="utf-8")
    manifest: Manifest = yaml.safe_load(uncommented(source) if text == "uncommented" else source)
    return manifest


def pod_of(manifest: Manifest) -> tuple[Manifest, Manifest]:
    """Return the predictor as a pod, and what KServe adds to one."""
    schema = json.loads((ROOT / "tests/schemas/inferenceservice.json").read_text())
    predictor = manifest["spec"]["predictor"]
    added = {name: value for name, value in predictor.items() if name in schema["properties"]}
    return {name: value for name, value in predictor.items() if name not in added}, added


def container_of(manifest: Manifest) -> Manifest:
    (container,) = manifest["spec"]["predictor"]["containers"]
    assert isinstance(container, dict)
    return container


def environment_of(container: Manifest) -> dict[str, str]:
    return {variable["name"]: variable["value"] for variable in container["env"]}


@each_text
@each_gpu
def test_it_is_a_pod_with_what_kserve_adds(gpu: str, text: str, by_gpu: dict[str, Path]) -> None:
    manifest = manifest_of(by_gpu[gpu], text)
    assert manifest["apiVersion"] == "serving.kserve.io/v1beta1"
    assert manifest["kind"] == "InferenceService"
    assert set(manifest) == {"apiVersion", "kind", "metadata", "spec"}
    assert set(manifest["spec"]) == {"predictor"}
    spec, added = pod_of(manifest)
    assert_fits(added, "inferenceservice")
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": manifest["metadata"], "spec": spec}
    for version in (OLDEST, NEWEST):
        assert_valid(pod, version)


@pytest.mark.skipif(not PYTHON.exists(), reason="The kserve package is not installed: `make test`.")
def test_it_fits_the_models_of_the_kserve_package(by_gpu: dict[str, Path], tmp_path: Path) -> None:
    projects, texts = by_gpu.values(), ("as it is", "uncommented")
    manifests = [manifest_of(project, text) for project in projects for text in texts]
    wrong = manifest_of(by_gpu["none"])
    container_of(wrong)["storageUri"] = "s3://models"
    wrong["spec"]["predictor"]["minReplicas"] = "two"
    *nothing, found = wrong_in([*manifests, wrong], tmp_path)
    assert nothing == [[]] * len(manifests)
    assert "InferenceService.spec.predictor.containers[0].storageUri is unknown" in found
    assert "InferenceService.spec.predictor.minReplicas is no int: 'two'" in found


def wrong_in(manifests: list[Manifest], folder: Path) -> list[list[str]]:
    """Return what the models of the kserve package say is wrong with each."""
    paths = [folder / f"{number}.yaml" for number in range(len(manifests))]
    for path, manifest in zip(paths, manifests, strict=True):
        path.write_text(yaml.safe_dump(manifest), encoding="utf-8")
    command = [str(path) for path in (PYTHON, CHECK, *paths)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    wrong: list[list[str]] = json.loads(result.stdout)
    return wrong


def test_it_is_the_service_of_the_deployment(by_gpu: dict[str, Path]) -> None:
    project = by_gpu["none"]
    template = read(project / "deploy/kubernetes/deployment.yaml")["spec"]["template"]
    autoscaler = read(project / "deploy/kubernetes/autoscaler.yaml")["spec"]
    (image,) = read(project / "deploy/kubernetes/kustomization.yaml")["images"]
    manifest = manifest_of(project)
    spec, added = pod_of(manifest)
    for field in ("terminationGracePeriodSeconds", "enableServiceLinks", "volumes"):
        assert spec[field] == template["spec"][field]
    assert spec["securityContext"] == template["spec"]["securityContext"]
    assert added["annotations"] == template["metadata"]["annotations"]
    assert added["minReplicas"] == autoscaler["minReplicas"]
    assert added["maxReplicas"] == autoscaler["maxReplicas"]
    (container,) = template["spec"]["containers"]
    for field in ("resources", "securityContext", "volumeMounts"):
        assert container_of(manifest)[field] == container[field]
    assert container_of(manifest)["image"] == f"{image['newName']}:{image['newTag']}"
    for probe in PROBES:
        assert timing(container_of(manifest)[probe]) == timing(container[probe])


def timing(probe: dict[str, Any]) -> dict[str, int]:
    return {name: value for name, value in probe.items() if name != "httpGet"}


@pytest.mark.parametrize("batching", QUESTIONS["batching"])
def test_its_settings_are_those_of_the_config_map(batching: str, bake: Bake) -> None:
    project = bake(batching=batching)
    given = environment_of(container_of(manifest_of(project)))
    mapped = settings_of(project)
    assert given.pop("PROTOCOL") == "v2"
    assert given.items() <= mapped.items()
    assert Settings.from_env(given) == Settings.from_env(mapped)


def test_ports_paths_and_times_are_those_of_the_service(by_gpu: dict[str, Path]) -> None:
    manifest = manifest_of(by_gpu["none"])
    container = container_of(manifest)
    settings = Settings.from_env(environment_of(container))
    (port,) = container["ports"]
    assert (port["containerPort"], port["name"]) == (settings.port, "http1")
    assert {container[probe]["httpGet"]["port"] for probe in PROBES} == {settings.port}
    app = Flask(__name__)
    app.register_blueprint(v2.create_blueprint(Service(Settings())))
    routes = {rule.rule: rule.endpoint for rule in app.url_map.iter_rules()}
    asked = [routes[container[probe]["httpGet"]["path"]] for probe in PROBES]
    assert asked == ["v2.ready", "v2.ready", "v2.live"]
    assert set(asked) <= OPEN
    assert manifest["spec"]["predictor"]["timeout"] > settings.deadline_ms / 1000


def test_a_model_that_kserve_fetches_is_served_from_where_it_lies(
    by_gpu: dict[str, Path],
) -> None:
    given = environment_of(container_of(manifest_of(by_gpu["none"], "uncommented")))
    assert given["STORAGE_URI"] == "s3://models/digit-reader"
    assert Settings.from_env(given).model_dir == "/mnt/models"  # where KServe puts it


@each_gpu
def test_only_what_requires_a_gpu_asks_for_one(gpu: str, by_gpu: dict[str, Path]) -> None:
    asked = {
        text: "nvidia.com/gpu"
        in container_of(manifest_of(by_gpu[gpu], text))["resources"]["limits"]
        for text in ("as it is", "uncommented")
    }
    assert asked == {"as it is": gpu == "required", "uncommented": gpu != "none"}
