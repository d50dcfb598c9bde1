"""Single files of the template, rendered in a moment; a whole render takes a second."""

import jinja2

from .answers import TEMPLATE, Answers
from .hooks import ANSWERS

ENVIRONMENT = jinja2.Environment(line_statement_prefix="#%")


def rendered(name: str, answers: Answers) -> str:
    """Return the text that a file of the template has in a render, but for the package's name."""
    text = (TEMPLATE / name).read_text(encoding="utf-8")
    return ENVIRONMENT.from_string(text).render(cookiecutter=ANSWERS | answers)
