"""What Kustomize makes of the manifests of a render, with each component that it offers."""

import re
import shutil
from pathlib import Path

import pytest
from model_service import settings
from model_service.settings import Settings

from .manifests import (
    KUBECTL,
    NAME,
    NEWEST,
    Manifest,
    assert_valid,
    build,
    container_of,
    each_gpu,
    folder_of,
    pod_of,
    uncommented,
)

needs_kubectl = pytest.mark.skipif(not KUBECTL, reason="There is no kubectl, which has Kustomize.")


def with_components(project: Path, copy: Path, *wanted: str) -> dict[str, Manifest]:
    """Return what Kustomize builds with the lines of these components uncommented."""
    shutil.copytree(folder_of(project), copy)
    kustomization = copy / "kustomization.yaml"
    lines = uncommented(kustomization.read_text(encoding="utf-8")).splitlines()
    others = [line for line in lines if "- components/" in line]
    others = [line for line in others if not any(f"/{name} " in line for name in wanted)]
    kustomization.write_text("\n".join(line for line in lines if line not in others))
    return build(copy)


@needs_kubectl
@each_gpu
def test_kustomize_builds_what_is_valid(gpu: str, by_gpu: dict[str, Path]) -> None:
    built = build(folder_of(by_gpu[gpu]))
    for manifest in built.values():
        assert_valid(manifest, NEWEST)
    container = container_of(built["Deployment"])
    name = built["ConfigMap"]["metadata"]["name"]
    assert re.fullmatch(rf"{NAME}-settings-\w+", name)
    assert container["envFrom"] == [{"configMapRef": {"name": name}}]
    assert container["image"] == f"registry.example.com/{NAME}:0.1.0"
    assert ("nvidia.com/gpu" in container["resources"]["limits"]) == (gpu == "required")
    assert ("nodeSelector" in pod_of(built["Deployment"])) == (gpu == "required")


@needs_kubectl
@each_gpu
def test_all_components_go_together(gpu: str, by_gpu: dict[str, Path], tmp_path: Path) -> None:
    project = by_gpu[gpu]
    names = [path.name for path in (folder_of(project) / "components").iterdir()]
    for manifest in with_components(project, tmp_path / "all", *names).values():
        assert_valid(manifest, NEWEST)


@needs_kubectl
def test_the_component_of_the_gpu_asks_for_one_and_waits_for_none(
    project: Path, tmp_path: Path
) -> None:
    built = with_components(project, tmp_path / "gpu", "gpu")["Deployment"]
    limits = container_of(built)["resources"]["limits"]
    assert (limits["nvidia.com/gpu"], limits["cpu"]) == ("1", "2")
    assert pod_of(built)["tolerations"][0]["key"] == "nvidia.com/gpu"
    assert built["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 0, "maxUnavailable": 1}


@needs_kubectl
@pytest.mark.parametrize(
    ("component", "variable"),
    [("api-keys", "SERVICE_API_KEYS_FILE"), ("model-volume", "SERVICE_MODEL_DIR")],
)
def test_components_mount_what_a_setting_names(
    component: str, variable: str, project: Path, tmp_path: Path
) -> None:
    built = with_components(project, tmp_path / component, component)["Deployment"]
    (env,) = container_of(built)["env"]
    assert env["name"] == variable
    assert variable in {settings.variable(field) for field in Settings.__struct_fields__}
    (mount,) = [m for m in container_of(built)["volumeMounts"] if m["name"] != "tmp"]
    assert Path(env["value"]).is_relative_to(mount["mountPath"])
    assert mount["readOnly"]
    assert {volume["name"] for volume in pod_of(built)["volumes"]} == {"tmp", mount["name"]}


@needs_kubectl
def test_keda_takes_the_place_of_the_autoscaler(project: Path, tmp_path: Path) -> None:
    built = with_components(project, tmp_path / "keda", "keda")
    assert "ScaledObject" in built
    assert "HorizontalPodAutoscaler" not in built
