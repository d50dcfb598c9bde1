"""The servers that are compared: the rendered service, and those of `peers/`."""

import sys
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from cookiecutter.main import cookiecutter

from tests.answers import ROOT

from ..peers import ENVIRONMENTS, installed, pinned
from .models import Model
from .replies import HOST
from .servers import Server
from .settings import Settings

FOLDER = Path(__file__).parent / "peers"
ANSWERS = {"framework": "onnxruntime", "input_kind": "tensor", "gpu": "none"}
OURS = "rendered service"


class Peer(NamedTuple):
    """Another server: its name, its health route, and what its interpreter is told to run."""

    name: str
    health: str
    arguments: str


PEERS = {
    "litserve": Peer("LitServe", "/health", "serve_litserve.py"),
    "mosec": Peer("mosec", "/", f"serve_mosec.py --address {HOST} --port {{port}}"),
    "bentoml": Peer(
        "BentoML",
        "/livez",
        f"-m bentoml serve serve_bentoml:Predictor --host {HOST} --port {{port}}",
    ),
}


def render(folder: Path) -> Path:
    """Render the service that is compared: dynamic batching, ONNX Runtime, the CPU."""
    answers = {**ANSWERS, "batching": "dynamic", "quantization": "none"}
    return Path(
        cookiecutter(str(ROOT), no_input=True, output_dir=str(folder), extra_context=answers)
    )


def ours(project: Path) -> Server:
    """Return the rendered service, run by the interpreter of the tests."""
    (package,) = (path.name for path in (project / "src").iterdir())

    def environ(port: int, model: Model, settings: Settings) -> dict[str, str]:
        return {
            "PYTHONPATH": "src",
            "SERVICE_PORT": str(port),
            "SERVICE_MODEL_DIR": str(model.folder),
            "SERVICE_MAX_BATCH_SIZE": str(settings.max_batch_size),
            "SERVICE_BATCH_WAIT_MS": str(settings.batch_wait_ms),
        }

    versions = f"Flask {version('flask')}, Granian {version('granian')}"
    command = [sys.executable, "-m", package, "serve"]
    return Server(OURS, versions, lambda port: command, project, environ, "/healthz", True)


def peer(key: str) -> Server:
    """Return a server of `peers/` in an environment of its own; raises InstallError."""
    known, requirements = PEERS[key], FOLDER / f"{key}.txt"
    programs = installed(key, known.name, requirements)

    def command(port: int) -> list[str | Path]:
        return [programs / "python", *known.arguments.format(port=port).split()]

    def environ(port: int, model: Model, settings: Settings) -> dict[str, str]:
        return {
            "PORT": str(port),
            "MODEL": str(model.artefact),
            "MAX_BATCH_SIZE": str(settings.max_batch_size),
            "BATCH_WAIT_MS": str(settings.batch_wait_ms),
            "BENTOML_HOME": str(ENVIRONMENTS / key / "home"),
            "BENTOML_DO_NOT_TRACK": "True",
        }

    return Server(known.name, pinned(requirements), command, FOLDER, environ, known.health)
