"""The guard against answers to questions that the template does not ask."""

import shutil
from pathlib import Path

import click
import pytest
from jinja2 import Environment

from local_extensions import TEMPLATE, KnownQuestions, caches, given_to_cruft, unknown_questions

from .answers import QUESTIONS, ROOT
from .test_bake import run_cookiecutter


def test_a_misspelt_question_is_refused_before_anything_is_asked_or_written(tmp_path: Path) -> None:
    refused = run_cookiecutter(tmp_path, "framwork=tflite", "gpu=none", "batchin=client")
    assert refused.returncode == 1
    assert refused.stderr.splitlines() == [
        "framwork is no question of this template: did you mean framework?",
        "batchin is no question of this template: did you mean batching?",
    ]
    assert refused.stdout == ""
    assert not list((tmp_path / "out").iterdir())


def test_what_is_like_no_question_is_told_all_of_them() -> None:
    (sentence,) = unknown_questions(["colour"])
    asked = [question for question in QUESTIONS if not question.startswith("_")]
    assert sentence.endswith(f"it asks for {', '.join(asked)}.")
    assert unknown_questions(asked) == []


def test_what_is_not_asked_cannot_be_given_either() -> None:
    assert unknown_questions(["_jinja2_env_vars"])


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        (["cruft", "create", "there", "--extra-context", '{"gpu": "none"}'], ["gpu"]),
        (["cruft", "update", "-y", '--variables-to-update={"gpu": "none", "x": 1}'], ["gpu", "x"]),
        (["cruft", "update", "-y"], []),
        (["cruft", "update", "--variables-to-update"], []),
        (["cruft", "update", "--variables-to-update", "{"], []),
        (["cruft", "update", "--variables-to-update", "[1]"], []),
        (["pytest", "--extra", "{}"], []),
    ],
)
def test_the_options_of_cruft_are_read(arguments: list[str], given: list[str]) -> None:
    assert list(given_to_cruft(arguments)) == given


def test_where_no_command_line_is_nothing_is_refused() -> None:
    Environment(extensions=[KnownQuestions])
    with click.Context(click.Command("another")):
        Environment(extensions=[KnownQuestions])


def test_caches_in_the_template_folder_are_named_with_the_way_out(tmp_path: Path) -> None:
    for cache in (".ruff_cache", "src/__pycache__", "tests/__pycache__"):
        (tmp_path / cache).mkdir(parents=True)
    (tmp_path / "src" / "caches.py").touch()
    ruff, python = caches(tmp_path)
    assert ruff.startswith(f".ruff_cache lies in {tmp_path.name} and would be rendered: remove it")
    assert python.startswith("__pycache__ lies in ")
    assert caches(TEMPLATE) == []


def test_nothing_is_rendered_from_a_template_with_caches(tmp_path: Path) -> None:
    template = tmp_path / "template"
    (template / TEMPLATE.name / ".ruff_cache").mkdir(parents=True)
    for file in ("cookiecutter.json", "local_extensions.py"):
        shutil.copy(ROOT / file, template)
    refused = run_cookiecutter(tmp_path, template=template)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f".ruff_cache lies in {TEMPLATE.name} and would be rendered")
    assert not list((tmp_path / "out").iterdir())
