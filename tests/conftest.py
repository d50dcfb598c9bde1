"""Renders of the template, made through Cookiecutter's own API."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cookiecutter.main import cookiecutter

from .answers import QUESTIONS, ROOT, Answers, combinations, label

# Tests import the service from the template folder, and whatever lies there is rendered.
sys.dont_write_bytecode = True

collect_ignore = ["fifth"]  # files for a copy of the template, where they are tested

Bake = Callable[..., Path]

IMPORTED = "imported "  # the beginning of what tests of imports record


@pytest.fixture(scope="session")
def bake(tmp_path_factory: pytest.TempPathFactory) -> Bake:
    """Return a function that renders the template into a folder of its own."""
    config = tmp_path_factory.mktemp("config") / "config.yaml"
    config.write_text(f"replay_dir: {config.parent}\ncookiecutters_dir: {config.parent}\n")

    def render(output: Path | None = None, **answers: str) -> Path:
        project = cookiecutter(
            str(ROOT),
            no_input=True,
            extra_context=answers,
            output_dir=str(output or tmp_path_factory.mktemp("bake")),
            config_file=str(config),
        )
        return Path(project)

    return render


class Bakes:
    """The renders of all combinations of the technical answers, each made when it is asked for."""

    def __init__(self, bake: Bake, folder: Path) -> None:
        self.folder = folder
        self._bake = bake
        self._made: dict[str, Path] = {}

    def __getitem__(self, answers: Answers) -> Path:
        name = label(answers)
        if name not in self._made:
            self._made[name] = self._bake(self.folder / name, **answers)
        return self._made[name]


@pytest.fixture(scope="session")
def bakes(bake: Bake, tmp_path_factory: pytest.TempPathFactory) -> Bakes:
    """Return the renders of all combinations."""
    return Bakes(bake, tmp_path_factory.mktemp("bakes"))


@pytest.fixture(scope="session")
def by_gpu(bake: Bake) -> dict[str, Path]:
    """Return a render for each answer to the question of the GPU; each is rendered once."""
    return {gpu: bake(gpu=gpu) for gpu in QUESTIONS["gpu"]}


@pytest.fixture(scope="session")
def project(by_gpu: dict[str, Path]) -> Path:
    """Return a render of the default answers."""
    return by_gpu[QUESTIONS["gpu"][0]]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which combinations of answers were checked and lived, and how long imports took."""
    reports = terminalreporter.getreports("passed")
    passed = [report.nodeid for report in reports]
    properties = dict(item for report in reports for item in report.user_properties)
    if imports := [line for name, line in properties.items() if name.startswith(IMPORTED)]:
        terminalreporter.section("from a model file to an answer over HTTP")
        for line in imports:
            terminalreporter.line(line)

    def combinations_of(test: str) -> list[str]:
        return [node.partition("[")[2][:-1] for node in passed if f"::{test}[" in node]

    checked = combinations_of("test_has_exactly_the_files_of_its_answers")
    lived = combinations_of("test_own_tests_pass")
    if checked or lived:
        terminalreporter.section("covered")
        terminalreporter.line(f"{len(checked)} of {len(combinations())} combinations checked")
        terminalreporter.line(f"{len(lived)} passed their own tests: {', '.join(lived) or 'none'}")
