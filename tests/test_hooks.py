"""The hooks as scripts, and their tables against the files that they speak of."""

import ast
from pathlib import Path
from typing import Any

import pytest

from .answers import QUESTIONS, TEMPLATE, load_hook
from .hooks import ANSWERS, CHOICES, run, source

HOOKS = ("pre_gen_project", "post_gen_project")
post_gen = load_hook("post_gen_project")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return an empty folder."""
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_is_python_with_one_jinja_expression(name: str) -> None:
    ast.parse(source(name))
    assert source(name).count("{{") == 1
    assert "{%" not in source(name)
    assert "{#" not in source(name)


def test_pre_gen_says_everything_that_is_wrong_and_exits_1(project: Path) -> None:
    bad = {"project_slug": '"""; exit()', "package_name": "class", "author_name": '\\""""\n'}
    done = run("pre_gen_project", ANSWERS | bad, project)
    assert done.returncode == 1
    assert [line.split()[0] for line in done.stderr.splitlines()] == list(bad)


def test_pre_gen_takes_awkward_answers_in_silence(project: Path) -> None:
    awkward = {"description": '\\"""\' <&> 🎉 \\n', "author_name": "O'Neil \\"}
    done = run("pre_gen_project", ANSWERS | awkward, project)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_pre_gen_shuts_the_door_before_anything_runs(project: Path) -> None:
    attack = '"""); open("run", "w"); ("""'
    run("pre_gen_project", ANSWERS | {"project_slug": attack}, project)
    assert list(project.iterdir()) == []


def test_post_gen_says_why_it_cannot_make_the_project(project: Path) -> None:
    done = run("post_gen_project", ANSWERS, project)
    assert done.returncode == 1
    assert done.stderr == (
        "The project cannot be made:"
        " engine/onnxruntime.py is not there: the template does not offer it.\n"
    )


def test_every_choice_has_a_label_for_each_value() -> None:
    for question, values in CHOICES.items():
        assert [*QUESTIONS["__prompts__"][question]] == ["__prompt__", *values]


def test_labels_hold_no_brackets() -> None:
    # Cookiecutter prints labels through rich, which takes [x] for a style and swallows it.
    assert "[" not in "".join(texts(QUESTIONS["__prompts__"]))


def texts(prompts: str | dict[str, Any]) -> list[str]:
    if isinstance(prompts, str):
        return [prompts]
    return [text for prompt in prompts.values() for text in texts(prompt)]


def test_every_question_of_the_hook_is_asked() -> None:
    assert set(post_gen.CHOICES.values()) < set(CHOICES)


def test_every_option_has_its_files() -> None:
    assert set(post_gen.EXAMPLES) == set(CHOICES["input_kind"])
    assert {*post_gen.CI_FILES, "none"} == set(CHOICES["ci"])
    assert {*post_gen.CATALOG_FILES, "none"} == set(CHOICES["catalog"])
    assert {path.name for path in (TEMPLATE / "licenses").iterdir()} == set(CHOICES["license"])
    on_request = (*post_gen.CI_FILES.values(), *post_gen.CATALOG_FILES.values())
    assert all((TEMPLATE / path).exists() for path in on_request)
