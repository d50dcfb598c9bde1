"""A fifth framework, added to a copy of the template as `docs/adding-an-option.md` says.

`tests/fifth/` holds the four new files, this module the edits. Its starters are those of ONNX
Runtime, since it runs the same format.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .answers import QUESTIONS, ROOT, TEMPLATE, tracked

NAME = "onnxreference"
NEW_FILES = Path(__file__).parent / "fifth"
ENVIRON = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": "src"}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the template that offers one more framework."""
    root = tmp_path_factory.mktemp("copy")
    for path in tracked(ROOT):
        target = root / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    add_files(root / TEMPLATE.name)
    offer(root)
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)  # the rules ask git
    return root


def add_files(template: Path) -> None:
    """Add engine, reader, their tests, and the starters that its exporter would have made."""
    for folder in ("engine", "formats"):
        shutil.copy(NEW_FILES / folder / f"{NAME}.py", template / "src/model_service" / folder)
        shutil.copy(NEW_FILES / folder / f"test_{NAME}.py", template / "tests" / folder)
    for kind in QUESTIONS["input_kind"]:
        model = template / "model" / kind
        shutil.copytree(model / "onnxruntime", model / NAME)


def offer(root: Path) -> None:
    """Make the three edits, add the row of the README, and say what is not offered."""
    questions = json.loads((root / "cookiecutter.json").read_text(encoding="utf-8"))
    questions["framework"].append(NAME)
    questions["__prompts__"]["framework"][NAME] = "ONNX's reference - slow and right"
    (root / "cookiecutter.json").write_text(json.dumps(questions), encoding="utf-8")
    edit(
        root / TEMPLATE.name / "pyproject.toml",
        '#% elif cookiecutter.framework == "tflite"\n',
        f'#% elif cookiecutter.framework == "{NAME}"\n    "onnx>=1.18,<2",\n',
    )
    edit(
        root / "hooks/pre_gen_project.py",
        r"FORBIDDEN_PAIRS = \{\n",
        f'    ("framework", "{NAME}"): ("quantization", ("none",), "choose quantization=none"),\n',
        after=True,
    )
    recognise = "src/model_service/importing/recognise.py"
    edit(root / TEMPLATE.name / recognise, r'"onnxruntime",\), "model.onnx"', f'"{NAME}", ')
    edit(root / "README.md", r"(?<=`tflite`) \| the runtime", f", `{NAME}`")


def edit(file: Path, place: str, addition: str, *, after: bool = False) -> None:
    """Add a text to a file, before or after the one place that matches."""
    text = file.read_text(encoding="utf-8")
    (found,) = re.finditer(place, text)
    index = found.end() if after else found.start()
    file.write_text(text[:index] + addition + text[index:], encoding="utf-8")


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command with the Python of the tests."""
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=ENVIRON, capture_output=True, text=True
    )


def test_the_rules_of_the_template_hold(copy: Path) -> None:
    rules = ["tests/test_template.py", "tests/test_hooks.py", "tests/test_hooks_post_gen.py"]
    result = run(["-m", "pytest", "-q", *rules], copy)
    assert result.returncode == 0, result.stdout


def test_it_keeps_the_contract_in_place(copy: Path) -> None:
    folders = ("engine", "formats")
    tests = [f"tests/{folder}/test_{NAME}.py" for folder in folders]
    result = run(["-m", "pytest", "-q", "-p", "no:cacheprovider", *tests], copy / TEMPLATE.name)
    assert result.returncode == 0, result.stdout
    sources = [f"src/model_service/{folder}/{NAME}.py" for folder in folders]
    for check in (["ruff", "check", "--no-cache"], ["mypy", "--cache-dir", os.devnull]):
        result = run(["-m", *check, *tests, *sources], copy / TEMPLATE.name)
        assert result.returncode == 0, result.stdout


def test_a_render_with_it_has_its_files_and_predicts(copy: Path, tmp_path: Path) -> None:
    answers = [f"framework={NAME}", "gpu=none", "input_kind=tensor"]
    made = run(["-m", "cookiecutter", "--no-input", str(copy), *answers, "-o", str(tmp_path)], copy)
    assert made.returncode == 0, made.stderr
    project = tmp_path / "digit-reader"
    for folder in ("engine", "formats"):
        options = {path.stem for path in (project / "src/digit_reader" / folder).glob("*.py")}
        assert options == {"__init__", "base", NAME}
    assert '"onnx>=1.18,<2"' in (project / "pyproject.toml").read_text(encoding="utf-8")
    predicted = run(["-m", "digit_reader", "predict", "model/examples/benign.json"], project)
    assert predicted.returncode == 0, predicted.stderr
    assert json.loads(predicted.stdout)["prediction"]["label"] == "benign"
    mine = shutil.copy(project / "model/model.onnx", tmp_path / "mine")
    imported = run(["-m", "digit_reader", "import-model", str(mine)], project)
    assert imported.returncode == 0, imported.stderr
    checked = run(["-m", "digit_reader", "check"], project)
    assert checked.returncode == 0, checked.stderr
