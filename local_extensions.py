"""What Cookiecutter loads before it asks: the guard against misspelt questions, and caches.

Cookiecutter and cruft ignore an answer to a question that the template does not ask, so that
`framwork=tflite` would render the default without a word. They render whatever lies in the template
folder, also the cache of a tool that was run there.
"""

import argparse
import difflib
import json
import sys
from collections.abc import Iterable
from pathlib import Path

import click
from jinja2 import Environment
from jinja2.ext import Extension

QUESTIONS = Path(__file__).with_name("cookiecutter.json")
TEMPLATE = Path(__file__).with_name("{{cookiecutter.project_slug}}")
CACHES = {".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".venv", "__pycache__"}


class KnownQuestions(Extension):
    """An extension that adds nothing, and refuses what would be rendered wrongly."""

    def __init__(self, environment: Environment) -> None:
        """Look at command line and template; raises SystemExit with a sentence for each fault."""
        super().__init__(environment)
        given = [*given_to_cookiecutter(), *given_to_cruft(sys.argv)]
        if faults := unknown_questions(given) + caches(TEMPLATE):
            raise SystemExit("\n".join(faults))


def given_to_cookiecutter() -> Iterable[str]:
    """Return the questions that are answered as `key=value`."""
    context = click.get_current_context(silent=True)
    return (context.params.get("extra_context") or {}) if context else {}


def given_to_cruft(arguments: list[str]) -> Iterable[str]:
    """Return the questions that are answered as JSON, in the option of `create` or of `update`."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--extra-context", "--variables-to-update", default="{}")
    try:
        answers = json.loads(parser.parse_known_args(arguments)[0].extra_context)
    except (argparse.ArgumentError, ValueError):
        return {}  # it is no option of ours to refuse
    return answers if isinstance(answers, dict) else {}


def unknown_questions(given: Iterable[str]) -> list[str]:
    """Return a sentence for each name that is no question of the template."""
    questions = json.loads(QUESTIONS.read_text(encoding="utf-8"))
    asked = [question for question in questions if not question.startswith("_")]
    return [
        f"{name} is no question of this template{_suggestion(name, asked)}"
        for name in given
        if name not in asked
    ]


def _suggestion(name: str, asked: list[str]) -> str:
    near = difflib.get_close_matches(name, asked, n=1)
    return f": did you mean {near[0]}?" if near else f"; it asks for {', '.join(asked)}."


def caches(template: Path) -> list[str]:
    """Return a sentence if there are caches in the template folder, as of a tool run there."""
    found = sorted({path.name for path in template.rglob("*")} & CACHES)
    return [
        f"{name} lies in {template.name} and would be rendered: remove it with `git clean -dfX"
        f" '{template.name}'`, and run tools by `make`, which keeps their caches elsewhere."
        for name in found
    ]
