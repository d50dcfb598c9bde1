"""The manifests of a render: as they are written, as Kustomize builds them, and their schemas."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema_rs
import kubernetes_validate
import pytest
import yaml

from .answers import QUESTIONS

SCHEMAS = Path(__file__).parent / "schemas"
KUBECTL = shutil.which("kubectl")
OLDEST, NEWEST = "1.27", kubernetes_validate.latest_version()  # of Kubernetes

NAME = "digit-reader"  # of a render with the default answers
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")

each_gpu = pytest.mark.parametrize("gpu", QUESTIONS["gpu"])

Manifest = dict[str, Any]


def read(path: Path) -> Manifest:
    """Return the one manifest of a file."""
    manifest: Manifest = yaml.safe_load(path.read_text(encoding="utf-8"))
    return manifest


def resources(folder: Path) -> dict[str, Manifest]:
    """Return what a kustomization lists as its resources, by kind."""
    names = read(folder / "kustomization.yaml")["resources"]
    return {manifest["kind"]: manifest for manifest in (read(folder / name) for name in names)}


def folder_of(project: Path) -> Path:
    """Return the folder of the manifests for Kubernetes."""
    return project / "deploy" / "kubernetes"


def deployment_of(project: Path) -> Manifest:
    """Return the Deployment as it is written."""
    return read(folder_of(project) / "deployment.yaml")


def settings_of(project: Path) -> dict[str, str]:
    """Return the environment that the ConfigMap gives to the service."""
    lines = (folder_of(project) / "settings.env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


def pod_of(deployment: Manifest) -> Manifest:
    """Return the pod that a Deployment makes."""
    pod: Manifest = deployment["spec"]["template"]["spec"]
    return pod


def container_of(deployment: Manifest) -> Manifest:
    """Return the one container of a Deployment's pods."""
    (container,) = pod_of(deployment)["containers"]
    assert isinstance(container, dict)
    return container


def uncommented(text: str) -> str:
    """Return a file with the lines that it offers in comments; those of prose stay."""
    offered = r"^( *)# ( *(?:- )?[\w./-]+(?::| #|$).*)$"  # a key or an item, not a sentence
    return re.sub(offered, r"\1\2", text, flags=re.MULTILINE)


def build(folder: Path) -> dict[str, Manifest]:
    """Return what Kustomize makes of a folder, by kind."""
    assert KUBECTL
    command = [KUBECTL, "kustomize", str(folder)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return {manifest["kind"]: manifest for manifest in yaml.safe_load_all(built.stdout)}


def assert_valid(manifest: Manifest, version: str) -> None:
    """Hold a manifest to the schema of its kind, which allows no unknown field."""
    if manifest["kind"] == "ScaledObject":
        assert_fits(manifest, "scaledobject")
    else:
        kubernetes_validate.validate(manifest, version, strict=True)


def assert_fits(manifest: Manifest, name: str) -> None:
    """Hold a manifest to one of our own schemas."""
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    jsonschema_rs.validate(schema, manifest)
