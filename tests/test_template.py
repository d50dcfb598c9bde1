"""The rules that the template folder keeps, so that it stays a project that runs."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from .answers import QUESTIONS, ROOT, TECHNICAL, TEMPLATE, combinations, tracked

PACKAGE = TEMPLATE / "src" / "model_service"
SOURCES = sorted(PACKAGE.rglob("*.py"))
FOLDERS = [
    ("framework", "engine"),
    ("framework", "formats"),
    ("input_kind", "preprocessing"),
    ("input_kind", "guessing"),
    ("batching", "batching"),
    ("gpu", "device"),
]
# A module imports from the lines above its own, or from its own folder.
LAYERS = [
    {"later"},
    {"tally"},
    {"arrays", "errors", "metrics", "pace", "wsgi"},
    {"settings", "deadline", "in_flight", "model_card", "model_run", "nesting", "npy", "timings"},
    {"envfile", "exposition", "keys", "labels", "log_writer", "protobuf"},
    {"architecture"},
    {"model_folder", "schemas", "json_schema", "engine", "card_edit"},
    {"formats"},
    {"guessing"},
    {"batching", "device", "preprocessing", "postprocessing"},
    {"resources", "pipeline", "quantization"},
    {"checks", "warming"},
    {"startup", "watchdog", "golden"},
    {"service", "openinference", "logs", "bulk", "diagnosis"},
    {"routes", "loading"},
    {"app", "benching", "sample_requests"},
    {"worker"},
    {"supervisor"},
    {"server"},
    {"importing"},
    {"cli"},
    {"__init__", "__main__"},
]


def relative(path: Path) -> str:
    """Return a path for the id of a test."""
    return str(path.relative_to(TEMPLATE))


def test_no_stray_file_lies_in_the_template_folder() -> None:
    assert {path for path in TEMPLATE.rglob("*") if path.is_file()} == set(tracked(TEMPLATE))


@pytest.mark.parametrize("path", sorted(TEMPLATE.rglob("*.py")), ids=relative)
def test_python_holds_no_jinja(path: Path) -> None:
    assert not re.search(r"\{%|\{\{ *cookiecutter|^\s*#%", path.read_text(), re.MULTILINE)


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_no_module_is_long(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 200


DECLARATIONS = {
    "__init__.py",
    "__main__.py",
    "arrays.py",
    "wsgi.py",
    "errors.py",
    "device/base.py",
    "engine/base.py",
    "guessing/base.py",
}


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_every_module_that_does_something_has_its_test(path: Path) -> None:
    module = path.relative_to(PACKAGE)
    if not {module.name, str(module)} & DECLARATIONS:
        assert (TEMPLATE / "tests" / module.parent / f"test_{module.name}").is_file()


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_imports_point_one_way(path: Path) -> None:
    home, depth = path.relative_to(PACKAGE).parts[0].removesuffix(".py"), len(path.parts)
    below = set().union(*LAYERS[: layer_of(home)])
    level_of_package = depth - len(PACKAGE.parts)
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level == level_of_package:
            names = [node.module.split(".")[0]] if node.module else [a.name for a in node.names]
            assert set(names) <= below | {home}, f"line {node.lineno}"


def layer_of(module: str) -> int:
    """Return the layer of a module; every module has one."""
    (layer,) = [number for number, modules in enumerate(LAYERS) if module in modules]
    return layer


@pytest.mark.parametrize(("question", "folder"), FOLDERS)
def test_every_option_of_a_choice_is_a_file_with_a_test(question: str, folder: str) -> None:
    offered = {value.replace("-", "_") for value in QUESTIONS[question]}
    stems = {path.stem for path in (PACKAGE / folder).glob("*.py")} - {"__init__", "base"}
    parts = offered | {"base"}
    options = {stem for stem in stems if stem.rpartition("_")[0] not in parts}
    tests = {path.stem for path in (TEMPLATE / "tests" / folder).glob("test_*.py")}
    assert options == offered
    assert {f"test_{option}" for option in options} <= tests


def test_every_framework_has_every_quantization_that_it_offers() -> None:
    stems = {path.stem for path in (PACKAGE / "quantization").glob("*.py")}
    options = {stem for stem in stems if not stem.startswith("base_")}  # what all of them share
    offered = {
        f"{answers['framework']}_{answers['quantization'].replace('-', '_')}"
        for answers in combinations()
        if answers["quantization"] != "none"
    }
    assert options - {"__init__", "base"} == offered


def test_every_input_kind_has_a_starter_model_of_every_framework() -> None:
    cards = {path.parent.relative_to(TEMPLATE) for path in TEMPLATE.glob("model/*/*/model.toml")}
    assert cards == {
        Path("model", kind, framework)
        for kind in QUESTIONS["input_kind"]
        for framework in QUESTIONS["framework"]
    }


@pytest.mark.parametrize("path", sorted(TEMPLATE.glob("*.toml")), ids=relative)
def test_toml_is_valid_before_it_is_rendered(path: Path) -> None:
    tomllib.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", sorted(TEMPLATE.rglob("*.y*ml")), ids=relative)
def test_yaml_is_valid_before_it_is_rendered(path: Path) -> None:
    assert yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("question", TECHNICAL)
def test_every_answer_has_a_label_and_stands_in_the_readme(question: str) -> None:
    labels = QUESTIONS["__prompts__"][question]
    assert set(labels) == {"__prompt__", *QUESTIONS[question]}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| `{question}` .*$", readme, re.MULTILINE)
    assert re.findall(r"`([^`]+)`", row.split("|")[2]) == QUESTIONS[question]
