"""What `post_gen_project` makes of a small superset, and of a copy of the template."""

import shutil
from pathlib import Path

import pytest

from .answers import TEMPLATE, load_hook
from .hooks import ANSWERS

post_gen = load_hook("post_gen_project")

OPTIONS = {
    "engine": ["onnxruntime", "pytorch"],
    "formats": ["onnxruntime", "pytorch"],
    "architecture": ["image", "tensor", "text"],
    "preprocessing": ["image", "tensor", "text"],
    "guessing": ["image", "tensor", "text"],
    "batching": ["dynamic", "client", "none"],
    "device": ["fallback", "required", "none"],
    "quantization": ["onnxruntime_static_int8", "onnxruntime_half", "pytorch_half"],
}
SEAM = """from ..errors import ServiceError
from .base import Base
from .base_part import Part
from .{option} import Option

__all__ = ["Base", "Option"]
"""
NAMED = "from model_service.app import model_service  # not model_service_x\n"
RENAMED = "from digit_reader.app import digit_reader  # not model_service_x\n"


def write(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def snapshot(root: Path) -> dict[str, bytes]:
    files = [path for path in root.rglob("*") if path.is_file()]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


@pytest.fixture
def superset(tmp_path: Path) -> Path:
    """Return a small project of the template's shape, with every option of every choice."""
    for folder, options in OPTIONS.items():
        package, tests = tmp_path / "src/model_service" / folder, tmp_path / "tests" / folder
        write(package / "__init__.py", SEAM.format(option=options[0]))
        for shared in ("base", "base_part"):
            write(package / f"{shared}.py")
        for shared in ("__init__", "conftest", "contract"):
            write(tests / f"{shared}.py")
        for option in options:
            write(package / f"{option}.py", f"NAME = {option!r}\n")
            write(tests / f"test_{option}.py", f"from model_service.{folder} import {option}\n")
    for name in ("src/model_service/cli/quantize.py", "src/model_service/cli/serve.py"):
        write(tmp_path / name)
    for name in ("test_quantize.py", "test_quantize_samples.py"):
        write(tmp_path / "tests/cli" / name)
    write(tmp_path / "tests/test_app.py", NAMED)
    for kind in OPTIONS["preprocessing"]:
        for name in ("calibration.npz", "evaluation.npz", f"examples/{kind}.json"):
            write(tmp_path / "model" / kind / name, kind)
        for framework in OPTIONS["engine"]:
            write(tmp_path / "model" / kind / framework / "model.toml", f"{kind} {framework}")
    for name in ("components/gpu/kustomization.yaml", "kustomization.yaml"):
        write(tmp_path / "deploy/kubernetes" / name)
    for name in ("licenses/MIT", "licenses/Proprietary", ".github/workflows/ci.yml"):
        write(tmp_path / name, name)
    for name in ("Makefile", "pyproject.toml", "README.md", ".gitlab-ci.yml", "notes.rst"):
        write(tmp_path / name, NAMED)
    return tmp_path


def files_of(root: Path, folder: str) -> set[str]:
    return {path.name for path in (root / folder).iterdir()}


def test_keep_chosen_leaves_one_option_of_each_choice(superset: Path) -> None:
    answers = ANSWERS | {"batching": "client", "quantization": "static-int8"}
    post_gen.keep_chosen(superset, answers)
    shared = {"__init__.py", "conftest.py", "contract.py"}
    for folder, chosen in {
        "engine": "onnxruntime",
        "preprocessing": "image",
        "batching": "client",
        "device": "fallback",
        "quantization": "onnxruntime_static_int8",
    }.items():
        package = files_of(superset, f"src/model_service/{folder}")
        assert package == {"__init__.py", "base.py", "base_part.py", f"{chosen}.py"}
        assert files_of(superset, f"tests/{folder}") == shared | {f"test_{chosen}.py"}
    assert files_of(superset, "model") == {"image"}


@pytest.mark.parametrize("kind", OPTIONS["architecture"])
def test_the_framework_that_needs_it_has_the_architecture_of_the_input(
    superset: Path, kind: str
) -> None:
    post_gen.main(superset, ANSWERS | {"framework": "pytorch", "input_kind": kind})
    names = files_of(superset, "src/digit_reader/architecture")
    assert names == {"__init__.py", "base.py", "base_part.py", f"{kind}.py"}
    seam = superset / "src/digit_reader/architecture/__init__.py"
    assert seam.read_text() == SEAM.format(option=kind)


def test_no_other_framework_has_an_architecture(superset: Path) -> None:
    post_gen.main(superset, ANSWERS)
    assert not [name for name in snapshot(superset) if "architecture" in name]


def test_no_quantization_leaves_nothing_of_it(superset: Path) -> None:
    post_gen.main(superset, ANSWERS | {"quantization": "none"})
    left = [name for name in snapshot(superset) if "quanti" in name or name.endswith(".npz")]
    assert left == []
    assert (superset / "src/digit_reader/cli/serve.py").exists()


@pytest.mark.parametrize("gpu", OPTIONS["device"])
def test_a_service_of_the_cpu_alone_asks_no_cluster_for_a_gpu(superset: Path, gpu: str) -> None:
    post_gen.keep_chosen(superset, ANSWERS | {"gpu": gpu})
    assert (superset / "deploy/kubernetes/kustomization.yaml").exists()
    assert (superset / "deploy/kubernetes/components/gpu").exists() == (gpu != "none")


@pytest.mark.parametrize("ci", ["github", "gitlab", "none"])
def test_one_ci_file_stays_or_none(superset: Path, ci: str) -> None:
    post_gen.keep_chosen(superset, ANSWERS | {"ci": ci})
    assert (superset / ".github").exists() == (ci == "github")
    assert (superset / ".gitlab-ci.yml").exists() == (ci == "gitlab")


@pytest.mark.parametrize("catalog", ["none", "backstage"])
def test_the_file_of_a_catalogue_stays_on_request(superset: Path, catalog: str) -> None:
    write(superset / "catalog-info.yaml")
    post_gen.keep_chosen(superset, ANSWERS | {"catalog": catalog})
    assert (superset / "catalog-info.yaml").exists() == (catalog == "backstage")


@pytest.mark.parametrize("cache", ["__pycache__", ".ruff_cache", ".mypy_cache", "a.egg-info"])
def test_stray_caches_go_but_not_those_of_an_environment(superset: Path, cache: str) -> None:
    write(superset / "src/model_service" / cache / "stray")
    write(superset / ".venv/lib" / cache / "kept")
    post_gen.keep_chosen(superset, ANSWERS)
    assert not (superset / "src/model_service" / cache).exists()
    assert (superset / ".venv/lib" / cache / "kept").exists()


def test_lift_chosen_moves_the_model_and_the_licence_up(superset: Path) -> None:
    answers = ANSWERS | {"input_kind": "tensor", "license": "Proprietary"}
    post_gen.keep_chosen(superset, answers)
    post_gen.lift_chosen(superset, answers)
    assert (superset / "model/model.toml").read_text() == "tensor onnxruntime"
    assert files_of(superset, "model/examples") == {"tensor.json"}
    assert not (superset / "model/tensor").exists()
    assert (superset / "LICENSE").read_text() == "licenses/Proprietary"
    assert not (superset / "licenses").exists()


def test_point_seams_changes_the_one_line(superset: Path) -> None:
    post_gen.point_seams(superset, ANSWERS | {"gpu": "required", "quantization": "half"})
    for folder, option in (("device", "required"), ("quantization", "onnxruntime_half")):
        seam = superset / "src/model_service" / folder / "__init__.py"
        assert seam.read_text() == SEAM.format(option=option)


@pytest.mark.parametrize("imports", [[], ["dynamic", "client"]])
def test_a_seam_must_import_exactly_one_option(superset: Path, imports: list[str]) -> None:
    lines = [f"from .{option} import Batcher\n" for option in ["base", *imports]]
    write(superset / "src/model_service/batching/__init__.py", "".join(lines))
    with pytest.raises(ValueError, match=f"batching/__init__.py imports {len(imports)} options"):
        post_gen.point_seams(superset, ANSWERS)


def test_an_option_without_a_file_is_an_error(superset: Path) -> None:
    with pytest.raises(ValueError, match=r"engine/jax\.py is not there"):
        post_gen.point_seams(superset, ANSWERS | {"framework": "jax"})


def test_rename_package_takes_whole_words_in_text_files(superset: Path) -> None:
    post_gen.rename_package(superset, ANSWERS)
    for name in ("tests/test_app.py", "Makefile", "pyproject.toml", "README.md", ".gitlab-ci.yml"):
        assert (superset / name).read_bytes() == RENAMED.encode()
    assert (superset / "notes.rst").read_text() == NAMED
    assert files_of(superset, "src") == {"digit_reader"}


def test_the_name_of_the_placeholder_changes_nothing(superset: Path) -> None:
    before = snapshot(superset)
    post_gen.rename_package(superset, ANSWERS | {"package_name": "model_service"})
    assert snapshot(superset) == before


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"quantization": "half", "batching": "none", "ci": "none", "license": "BSD-3-Clause"},
        {"input_kind": "tensor", "quantization": "static-int8", "gpu": "required"},
        {"quantization": "dynamic-int8", "gpu": "none", "batching": "client", "package_name": "x"},
        {"framework": "pytorch", "input_kind": "tensor"},
    ],
    ids=str,
)
def test_the_template_is_made_once_and_stays(tmp_path: Path, changed: dict[str, str]) -> None:
    answers, root = ANSWERS | changed, tmp_path / "project"
    shutil.copytree(TEMPLATE, root)
    post_gen.main(root, answers)
    made = snapshot(root)
    post_gen.main(root, answers)
    assert snapshot(root) == made
    package = answers["package_name"]
    for name in {name for name in made if name.endswith(".py")} - seams(package):
        origin = TEMPLATE / name.replace(f"src/{package}/", "src/model_service/")
        assert made[name] == origin.read_bytes().replace(b"model_service", package.encode())


def seams(package: str) -> set[str]:
    return {f"src/{package}/{folder}/__init__.py" for folder in OPTIONS}


@pytest.mark.parametrize(
    ("kind", "curl"),
    [
        ("image", "curl -F file=@model/examples/7.png http://127.0.0.1:8000/predict"),
        (
            "tensor",
            "curl -H 'Content-Type: application/json' -d @model/examples/benign.json"
            " http://127.0.0.1:8000/predict",
        ),
        (
            "text",
            "curl -H 'Content-Type: text/plain' --data-binary @model/examples/German.txt"
            " http://127.0.0.1:8000/predict",
        ),
    ],
)
def test_the_next_commands_are_printed(
    superset: Path, capsys: pytest.CaptureFixture[str], kind: str, curl: str
) -> None:
    post_gen.main(superset, ANSWERS | {"input_kind": kind})
    lines = capsys.readouterr().out.splitlines()
    assert lines[-3:] == ["  cd digit-reader", "  make run", f"  {curl}"]


def test_what_was_chosen_is_printed(superset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    post_gen.main(superset, ANSWERS | {"batching": "client", "ci": "none"})
    assert capsys.readouterr().out.splitlines()[0] == (
        "Digit Reader is ready: framework=onnxruntime, input_kind=image, quantization=none,"
        " batching=client, gpu=fallback, ci=none, catalog=none."
    )
