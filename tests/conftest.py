"""Renders of the template, made through Cookiecutter's own API."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cookiecutter.main import cookiecutter

from .answers import ROOT, Answers, combinations, label

Bake = Callable[..., Path]


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


@pytest.fixture(scope="session")
def bakes(bake: Bake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """Render every combination of the technical answers; label -> project."""
    folder = tmp_path_factory.mktemp("bakes")

    def render(answers: Answers) -> Path:
        return bake(folder / label(answers), **answers)

    yield {label(answers): render(answers) for answers in combinations()}
