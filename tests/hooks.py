"""The hooks as modules, and as the scripts that Cookiecutter makes of them."""

import subprocess
import sys
from pathlib import Path

import jinja2

from .answers import QUESTIONS, ROOT

CHOICES = {
    question: values
    for question, values in QUESTIONS.items()
    if isinstance(values, list) and not question.startswith("_")
}
ANSWERS = {
    "project_name": "Digit Reader",
    "project_slug": "digit-reader",
    "package_name": "digit_reader",
    "description": "Reads digits.",
    "author_name": "Ada",
} | {question: values[0] for question, values in CHOICES.items()}


def source(name: str) -> str:
    """Return the text of a hook."""
    return (ROOT / "hooks" / f"{name}.py").read_text(encoding="utf-8")


def run(name: str, answers: dict[str, str], project: Path) -> subprocess.CompletedProcess[str]:
    """Render a hook as Cookiecutter does, and run it as a script in the folder of a project."""
    environment = jinja2.Environment(line_statement_prefix="#%")
    script = project.parent / f"{name}.py"
    text = environment.from_string(source(name)).render(cookiecutter=answers)
    script.write_text(text, encoding="utf-8")
    return subprocess.run(
        [sys.executable, script], cwd=project, capture_output=True, text=True, check=False
    )
