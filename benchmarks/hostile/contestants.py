"""The servers that are compared: the rendered service, and those of `peers/`."""

import subprocess
import sys
import venv
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from cookiecutter.main import cookiecutter

from tests.answers import ROOT

from .models import Model
from .replies import HOST
from .servers import Server, ServerError
from .settings import Settings

FOLDER = Path(__file__).parent / "peers"
ENVIRONMENTS = ROOT / ".cache" / "peers"
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
    """Return a server of `peers/` in an environment of its own; raises ServerError."""
    known, python = PEERS[key], _installed(key)

    def command(port: int) -> list[str | Path]:
        return [python, *known.arguments.format(port=port).split()]

    def environ(port: int, model: Model, settings: Settings) -> dict[str, str]:
        return {
            "PORT": str(port),
            "MODEL": str(model.artefact),
            "MAX_BATCH_SIZE": str(settings.max_batch_size),
            "BATCH_WAIT_MS": str(settings.batch_wait_ms),
            "BENTOML_HOME": str(ENVIRONMENTS / key / "home"),
            "BENTOML_DO_NOT_TRACK": "True",
        }

    return Server(known.name, pinned(key), command, FOLDER, environ, known.health)


def pinned(key: str) -> str:
    """Return the version of a peer: its requirements name it first."""
    first, *_ = (FOLDER / f"{key}.txt").read_text(encoding="utf-8").splitlines()
    return first.partition("==")[2]


def _installed(key: str) -> Path:
    """Return the interpreter of a peer's environment, made if its requirements are new."""
    requirements, folder = FOLDER / f"{key}.txt", ENVIRONMENTS / key
    python, stamp = folder / "bin" / "python", folder / "installed"
    wanted = requirements.read_text(encoding="utf-8")
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    print(f"Installing {PEERS[key].name} {pinned(key)} ...", flush=True)
    venv.create(folder, clear=True, with_pip=True)
    pip: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--requirement"]
    result = subprocess.run([*pip, requirements], capture_output=True, text=True)
    if result.returncode:
        last = result.stderr.strip().rpartition("\n")[2]
        raise ServerError(f"{PEERS[key].name} cannot be installed: {last}")
    stamp.write_text(wanted, encoding="utf-8")
    return python
