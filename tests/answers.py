"""The questions of the template and the combinations of their answers, from cookiecutter.json."""

import importlib.util
import itertools
import json
import subprocess
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[1]
TEMPLATE = ROOT / "{{cookiecutter.project_slug}}"
QUESTIONS = json.loads((ROOT / "cookiecutter.json").read_text(encoding="utf-8"))
TECHNICAL = ("framework", "input_kind", "quantization", "batching", "gpu")

Answers = dict[str, str]


def combinations() -> list[Answers]:
    """Return every combination of answers to the technical questions that is not refused."""
    options = (QUESTIONS[question] for question in TECHNICAL)
    every = [dict(zip(TECHNICAL, values, strict=True)) for values in itertools.product(*options)]
    return [answers for answers in every if not load_hook("pre_gen_project").check_pairs(answers)]


def load_hook(name: str) -> ModuleType:
    """Return a hook as a module, with its Jinja expression unrendered."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "hooks" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def covering(strength: int = 2, among: list[Answers] | None = None) -> list[Answers]:
    """Return few combinations that hold every pair of answers; of strength 1, every answer.

    They are some of those that are given, else of all. Greedy: the combination with the most that
    is not yet covered comes next.
    """

    def parts(answers: Answers) -> set[tuple[tuple[str, str], ...]]:
        return set(itertools.combinations(answers.items(), strength))

    remaining = list(among or combinations())
    uncovered = set().union(*map(parts, remaining))
    chosen = []
    while uncovered:
        best = max(remaining, key=lambda answers: len(uncovered & parts(answers)))
        remaining.remove(best)
        uncovered -= parts(best)
        chosen.append(best)
    return chosen


def label(answers: Answers) -> str:
    """Return a readable name of a combination, also used as the name of a folder."""
    return "_".join(answers[question] for question in TECHNICAL)


def tracked(folder: Path) -> list[Path]:
    """Return the files of a folder of the repo that git tracks, or would."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(
        [*command, str(folder)], cwd=ROOT, check=True, capture_output=True, text=True
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.exists()]
