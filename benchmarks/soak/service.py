"""The rendered service under its real server: its golden examples, its processes, its memory."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cookiecutter.main import cookiecutter
from service import free_port, running

from tests.answers import ROOT

from ..hostile.corpus import Case, of_render

ANSWERS = {"framework": "onnxruntime", "input_kind": "image", "gpu": "none"}
PACKAGE = "digit_reader"  # of the default answers
WORKERS = 2  # one is killed again and again, the other tells whether memory grows
ENVIRON = {
    "PYTHONPATH": "src",
    "PYTHONDONTWRITEBYTECODE": "1",
    "SERVICE_WORKERS": str(WORKERS),
    "SERVICE_LOG_LEVEL": "warning",
}
PROC = Path("/proc")
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20


@dataclass(frozen=True)
class Golden:
    """A request whose answer is known: its body, and the scores in the order of the labels."""

    body: bytes
    scores: tuple[float, ...]


@dataclass(frozen=True)
class Service:
    """A service that is ready."""

    port: int
    pid: int
    golden: list[Golden]
    hostile: list[Case]

    def workers(self) -> list[int]:
        """Return the process ids of the workers, the oldest first."""
        children = (PROC / f"{self.pid}/task/{self.pid}/children").read_text().split()
        return sorted(int(pid) for pid in children if b"spawn_main" in _command(pid))

    def memory_mb(self, pid: int) -> float:
        """Return the resident memory of a process; 0 once it has ended."""
        try:
            return int((PROC / f"{pid}/statm").read_text().split()[1]) * PAGE_MB
        except (OSError, IndexError):
            return 0.0


@contextmanager
def started(folder: Path, log: Path) -> Iterator[Service]:
    """Render a service into a folder and serve until the block ends."""
    rendered = cookiecutter(str(ROOT), no_input=True, output_dir=str(folder), extra_context=ANSWERS)
    project, port = Path(rendered), free_port()
    command = [sys.executable, "-m", PACKAGE, "serve"]
    with log.open("wb") as stderr, running(command, project, port, ENVIRON, stderr) as pid:
        hostile = [*of_render(project).values()]
        yield Service(port, pid, golden_of(project / "model" / "golden.json"), hostile)


def golden_of(path: Path) -> list[Golden]:
    """Return the golden examples of a classifier as requests."""
    examples = json.loads(path.read_text(encoding="utf-8"))
    (scores,) = examples["outputs"].values()
    return [
        Golden(json.dumps({"instances": [instance]}).encode(), tuple(row))
        for instance, row in zip(examples["instances"], scores, strict=True)
    ]


def _command(pid: str) -> bytes:
    try:
        return (PROC / pid / "cmdline").read_bytes()
    except OSError:  # it has ended meanwhile
        return b""
