"""The page that compares four typical services says what they are."""

import re
from pathlib import Path

import examples
import pytest
from source_lines import lines_of_code

from .answers import QUESTIONS, ROOT
from .conftest import Bake


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that `make examples` makes."""
    folder = tmp_path_factory.mktemp("examples")
    examples.main(folder)
    return folder


def rows(folder: Path, section: str) -> dict[str, list[str]]:
    """Return the rows of the table of a section by their first cells."""
    _, _, text = (folder / "README.md").read_text(encoding="utf-8").partition(f"\n## {section}\n")
    lines = re.findall(r"^\| (.*) \|$", text.partition("\n## ")[0], re.MULTILINE)
    cells = [[cell.strip() for cell in line.split(" |")] for line in lines[2:]]
    return {name.strip("`"): values for name, *values in cells}


def test_every_framework_and_kind_of_input_is_there_once(folder: Path) -> None:
    answers = rows(folder, "Answers")
    assert sorted(answers["framework"]) == sorted(QUESTIONS["framework"])
    for question in examples.QUESTIONS:
        assert set(answers[question]) <= set(QUESTIONS[question])
    assert set(answers["input_kind"]) == set(QUESTIONS["input_kind"])
    assert set(answers["batching"]) == set(QUESTIONS["batching"])


def test_the_sizes_are_those_of_the_folders(folder: Path) -> None:
    sizes = rows(folder, "Size")
    for column, name in enumerate(examples.SERVICES):
        project = folder / name
        files = [path for path in project.rglob("*") if path.is_file()]
        sources = [path.read_text() for path in (project / "src").rglob("*.py")]
        assert sizes["files"][column] == str(len(files))
        assert sizes["lines of code in `src/"][column] == str(sum(map(lines_of_code, sources)))
    assert (
        sizes["bytes of the model"][0]
        == f"{(folder / 'digit-reader/model/model.onnx').stat().st_size:,}"
    )


def test_the_lines_of_the_modules_are_all_lines(folder: Path) -> None:
    total = rows(folder, "Size")["lines of code in `src/"]
    modules = rows(folder, "Lines of code in `src/`").values()
    for column, lines in enumerate(total):
        assert sum(int(module[column] or 0) for module in modules) == int(lines)


def test_dependencies_and_files_are_marked_where_they_are(folder: Path, bake: Bake) -> None:
    dependencies = rows(folder, "Dependencies")
    assert dependencies["flask"] == ["x"] * 4
    assert dependencies["torch"] == ["", "x", "", ""]
    differing = rows(folder, "What differs")
    for name, marks in differing.items():
        for service, mark in zip(examples.SERVICES, marks, strict=True):
            path = name.replace("<package>", service.replace("-", "_"))
            assert (folder / service / path).is_file() == (mark == "x"), name
    assert differing["src/<package>/engine/tflite.py"] == ["", "", "", "x"]


def test_each_is_what_its_answers_render(folder: Path, bake: Bake) -> None:
    name, answers = "tumour-screen", examples.SERVICES["tumour-screen"]
    project = bake(project_name="Tumour Screen", **answers)
    assert (
        examples.Service(project, answers).files == examples.Service(folder / name, answers).files
    )


def test_make_examples_runs_it() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^examples: .*\n\t@.*python tools/examples\.py$", makefile, re.MULTILINE)
    assert "/examples/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
