"""Check a file of answers: `python tools/check_answers.py company.yaml`.

Cookiecutter passes over what is wrong in it: a misspelt question, and all after a wrong choice.
"""

import json
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from local_extensions import QUESTIONS, unknown_questions  # noqa: E402


def wrong(text: str) -> list[str]:
    """Return a sentence for everything that is wrong with the text of a file of answers."""
    try:
        config: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        return [f"It is no YAML: {' '.join(str(error).split())}."]
    answers = config.get("default_context") if isinstance(config, dict) else None
    if not isinstance(answers, dict):
        return ["It has no answers: write them under default_context, as in `gpu: none`."]
    questions = json.loads(QUESTIONS.read_text(encoding="utf-8"))
    choices = {name: offered for name, offered in questions.items() if isinstance(offered, list)}
    return unknown_questions(map(str, answers)) + [
        f"{name} cannot be {answer!r}: choose one of {', '.join(choices[name])}."
        for name, answer in answers.items()
        if name in choices and answer not in choices[name]
    ]


def main(file: str) -> None:
    """Say what is wrong with a file; exits with 1 if something is."""
    try:
        sentences = wrong(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        sys.exit(f"{file} cannot be read: {error.strerror}.")
    sys.exit("\n".join(f"{file}: {sentence}" for sentence in sentences) or 0)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name one file: python tools/check_answers.py company.yaml")
    main(sys.argv[1])
