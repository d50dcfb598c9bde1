"""The answers that a render keeps, and what is rendered from them."""

import re
from pathlib import Path

import pytest
import yaml

from .answers import QUESTIONS
from .conftest import Bake
from .test_bake import AWKWARD, run_cookiecutter

ANSWERS_FILE = ".cookiecutter.yaml"
ASKED = [question for question in QUESTIONS if not question.startswith("_")]
AWKWARD_ANSWERS = dict(zip(("project_name", "description", "author_name"), AWKWARD, strict=False))
SEVERAL = [
    {},
    {"framework": "tflite", "gpu": "none", "quantization": "static-int8", "ci": "gitlab"},
    {"input_kind": "text", "batching": "client", "license": "Proprietary", "package_name": "on"},
    {"project_slug": "odd", **AWKWARD_ANSWERS},
    {"project_slug": "null", "package_name": "no", "description": "yes"},
]


def kept(project: Path) -> dict[str, str]:
    """Return the answers that a render keeps."""
    text = (project / ANSWERS_FILE).read_text(encoding="utf-8")
    answers: dict[str, str] = yaml.safe_load(text)["default_context"]
    return answers


def tree(project: Path) -> dict[str, bytes]:
    """Return the contents of the files of a render by their paths inside it."""
    paths = [path for path in project.rglob("*") if path.is_file()]
    return {path.relative_to(project).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.parametrize("answers", SEVERAL, ids=lambda answers: ",".join(answers) or "none given")
def test_what_is_rendered_from_the_kept_answers_is_the_same(
    answers: dict[str, str], bake: Bake, tmp_path: Path
) -> None:
    project = bake(**answers)
    assert [*kept(project)] == ASKED
    assert answers.items() <= kept(project).items()
    made = run_cookiecutter(tmp_path, "--no-input", "--config-file", str(project / ANSWERS_FILE))
    assert made.returncode == 0, made.stderr
    assert tree(tmp_path / "out" / project.name) == tree(project)


def test_the_command_that_the_file_shows_renders_a_second_service(
    bake: Bake, tmp_path: Path
) -> None:
    project = bake(input_kind="tensor", gpu="none")
    text = (project / ANSWERS_FILE).read_text(encoding="utf-8")
    (command,) = re.findall(r"^#   cookiecutter (.*)$", text, re.MULTILINE)
    config_file, name, output_dir, above, template, *second = command.split()
    assert (config_file, output_dir, above, template) == ("--config-file", "-o", "..", "TEMPLATE")
    made = run_cookiecutter(tmp_path, "--no-input", config_file, str(project / name), *second)
    assert made.returncode == 0, made.stderr
    changed = {"project_slug": "two", "package_name": "two"}
    assert kept(tmp_path / "out/two") == {**kept(project), **changed}
