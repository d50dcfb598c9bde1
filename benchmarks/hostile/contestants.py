"""The servers that are compared: the rendered service, and those of `peers/`."""

import subprocess
import sys
import venv
from importlib.metadata import version
from pathlib import Path

from cookiecutter.main import cookiecutter

from tests.answers import ROOT

from .models import Model
from .replies import HOST
from .servers import Server, ServerError
from .settings import Settings

PEERS = Path(__file__).parent / "peers"
ENVIRONMENTS = ROOT / ".cache" / "peers"
ANSWERS = {"framework": "onnxruntime", "input_kind": "tensor", "gpu": "none"}
OURS = "rendered service"
NAMES = {"litserve": "LitServe", "mosec": "mosec", "bentoml": "BentoML"}
HEALTH = {"litserve": "/health", "mosec": "/", "bentoml": "/livez"}


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


def peer(name: str) -> Server:
    """Return a server of `peers/` in an environment of its own; raises ServerError."""
    python = _installed(name)
    script = PEERS / f"serve_{name}.py"

    def command(port: int) -> list[str | Path]:
        if name == "bentoml":
            serve = ["serve", f"{script.stem}:Predictor", "--host", HOST, "--port", str(port)]
            return [python, "-m", "bentoml", *serve]
        if name == "mosec":
            return [python, script, "--address", HOST, "--port", str(port)]
        return [python, script]

    def environ(port: int, model: Model, settings: Settings) -> dict[str, str]:
        return {
            "PORT": str(port),
            "MODEL": str(model.artefact),
            "MAX_BATCH_SIZE": str(settings.max_batch_size),
            "BATCH_WAIT_MS": str(settings.batch_wait_ms),
            "BENTOML_HOME": str(ENVIRONMENTS / name / "home"),
            "BENTOML_DO_NOT_TRACK": "True",
        }

    return Server(NAMES[name], pinned(name), command, PEERS, environ, HEALTH[name])


def pinned(name: str) -> str:
    """Return the version of a peer: its requirements name it first."""
    first, *_ = (PEERS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return first.partition("==")[2]


def _installed(name: str) -> Path:
    """Return the interpreter of a peer's environment, made if its requirements are new."""
    requirements, folder = PEERS / f"{name}.txt", ENVIRONMENTS / name
    python, stamp = folder / "bin" / "python", folder / "installed"
    wanted = requirements.read_text(encoding="utf-8")
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    print(f"Installing {NAMES[name]} {pinned(name)} ...", flush=True)
    venv.create(folder, clear=True, with_pip=True)
    pip: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--requirement"]
    result = subprocess.run([*pip, requirements], capture_output=True, text=True)
    if result.returncode:
        last = result.stderr.strip().rpartition("\n")[2]
        raise ServerError(f"{NAMES[name]} cannot be installed: {last}")
    stamp.write_text(wanted, encoding="utf-8")
    return python
