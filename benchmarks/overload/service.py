"""The measured service: rendered as a user does, with all its defaults, on a CPU of its own."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cookiecutter.main import cookiecutter
from service import free_port, running

from tests.answers import QUESTIONS, ROOT

from . import model

WAYS: tuple[str, ...] = tuple(QUESTIONS["batching"])
ANSWERS = {"framework": "onnxruntime", "input_kind": "tensor", "gpu": "none"}
ENVIRON = {"PYTHONPATH": "src", "PYTHONDONTWRITEBYTECODE": "1"}
PACKAGE = "digit_reader"  # of the default answers


@dataclass(frozen=True)
class Service:
    """A service that is ready; `cases` are instances with their right predictions."""

    port: int
    group: int
    cases: list[dict[str, Any]]


@contextmanager
def started(way: str, folder: Path, pin: tuple[str, ...], log: Path) -> Iterator[Service]:
    """Render a service into a folder, give it our model, and serve until the block ends."""
    answers = {**ANSWERS, "batching": way}
    rendered = cookiecutter(
        str(ROOT), no_input=True, output_dir=str(folder / way), extra_context=answers
    )
    project, port = Path(rendered), free_port()
    cases = model.write(project / "model")
    command = [*pin, sys.executable, "-m", PACKAGE, "serve"]
    with log.open("ab") as stderr, running(command, project, port, ENVIRON, stderr) as group:
        yield Service(port, group, cases)
