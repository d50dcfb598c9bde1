"""The manifests of a render for Kubernetes: valid, and agreeing with each other."""

import re
import tomllib
from pathlib import Path

import pytest

from .manifests import (
    NAME,
    NEWEST,
    OLDEST,
    PROBES,
    Manifest,
    assert_valid,
    container_of,
    deployment_of,
    each_gpu,
    folder_of,
    pod_of,
    read,
    resources,
    settings_of,
)


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@each_gpu
def test_the_manifests_are_valid(gpu: str, version: str, by_gpu: dict[str, Path]) -> None:
    folder = folder_of(by_gpu[gpu])
    for manifest in resources(folder).values():
        assert_valid(manifest, version)
    assert_valid(read(folder / "components/keda/scaled-object.yaml"), version)


def test_a_misspelt_field_is_not_valid(project: Path) -> None:
    deployment = deployment_of(project)
    container_of(deployment)["readinesProbe"] = {}
    with pytest.raises(Exception, match="readinesProbe"):
        assert_valid(deployment, NEWEST)


@each_gpu
def test_the_kustomization_lists_all_that_is_there(gpu: str, by_gpu: dict[str, Path]) -> None:
    folder = folder_of(by_gpu[gpu])
    kustomization = read(folder / "kustomization.yaml")
    files = {path.name for path in folder.glob("*.yaml")}
    assert {*kustomization["resources"], "kustomization.yaml"} == files
    offered = re.findall(r"- (components/\S+)", (folder / "kustomization.yaml").read_text())
    there = {f"components/{path.name}" for path in (folder / "components").iterdir()}
    assert set(offered) == there
    assert ("components/gpu" in there) == (gpu != "none")
    chosen = ["components/gpu"] if gpu == "required" else []
    assert kustomization.get("components", []) == chosen


def test_names_and_labels_agree(project: Path) -> None:
    by_kind = resources(folder_of(project))
    kustomization = read(folder_of(project) / "kustomization.yaml")
    deployment, service = by_kind["Deployment"]["spec"], by_kind["Service"]["spec"]
    labels = deployment["template"]["metadata"]["labels"]
    assert {manifest["metadata"]["name"] for manifest in by_kind.values()} == {NAME}
    assert deployment["selector"]["matchLabels"] == labels
    assert service["selector"] == labels
    assert by_kind["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    assert by_kind["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == labels
    (spread,) = pod_of(by_kind["Deployment"])["topologySpreadConstraints"]
    assert spread["labelSelector"]["matchLabels"] == labels
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": NAME}
    assert by_kind["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"] == target
    container = container_of(by_kind["Deployment"])
    (generated,), (image,) = kustomization["configMapGenerator"], kustomization["images"]
    assert container["envFrom"] == [{"configMapRef": {"name": generated["name"]}}]
    assert container["image"] == image["name"]
    metadata = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    assert image["newTag"] == metadata["project"]["version"]
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in pod_of(by_kind["Deployment"])["volumes"]}


def ingress_of(by_kind: dict[str, Manifest]) -> Manifest:
    (ingress,) = by_kind["NetworkPolicy"]["spec"]["ingress"]
    assert isinstance(ingress, dict)
    return ingress


def test_everything_meets_at_the_port_of_the_settings(project: Path) -> None:
    by_kind = resources(folder_of(project))
    pod = by_kind["Deployment"]["spec"]["template"]
    container = container_of(by_kind["Deployment"])
    (port,) = container["ports"]
    (of_service,), (let_in,) = by_kind["Service"]["spec"]["ports"], ingress_of(by_kind)["ports"]
    assert settings_of(project)["SERVICE_PORT"] == str(port["containerPort"])
    assert pod["metadata"]["annotations"]["prometheus.io/port"] == str(port["containerPort"])
    named = {container[probe]["httpGet"]["port"] for probe in PROBES}
    assert named | {of_service["targetPort"], let_in["port"]} == {port["name"]}


def test_the_pods_are_the_user_of_the_image(project: Path) -> None:
    dockerfile = (project / "Dockerfile").read_text(encoding="utf-8")
    (ids,) = re.findall(r"^USER (\d+):(\d+)$", dockerfile, re.MULTILINE)
    context = pod_of(deployment_of(project))["securityContext"]
    assert ids == (str(context["runAsUser"]), str(context["runAsGroup"]))


def test_the_pods_may_do_nothing_but_serve(project: Path) -> None:
    deployment = deployment_of(project)
    pod, container = pod_of(deployment), container_of(deployment)
    assert pod["automountServiceAccountToken"] is pod["enableServiceLinks"] is False
    assert pod["securityContext"]["runAsNonRoot"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert [mount["mountPath"] for mount in container["volumeMounts"]] == ["/tmp"]


@each_gpu
def test_the_readme_names_what_is_there(gpu: str, by_gpu: dict[str, Path]) -> None:
    project = by_gpu[gpu]
    readme = (project / "README.md").read_text(encoding="utf-8")
    section = readme.partition("\n### Kubernetes\n")[2].partition("\n### What is in it\n")[0]
    paths = re.findall(r"deploy/[\w/.-]+", section)
    assert paths
    assert all((project / path).exists() for path in paths)
    rows = set(re.findall(r"^\| `([\w.-]+)` \|", section, re.MULTILINE))
    components = {path.name for path in (folder_of(project) / "components").iterdir()}
    assert {row for row in rows if "." not in row} == components
    assert all((folder_of(project) / row).is_file() for row in rows - components)
    for target in re.findall(r"^\$ make (\w+)", section, re.MULTILINE):
        assert f"\n{target}:" in (project / "Makefile").read_text(encoding="utf-8")
