"""The rendered service beside other servers: rendered as a user does, run as it comes."""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from cookiecutter.main import cookiecutter

from tests.answers import ROOT

from .servers import Batching, Server, ServerError

ANSWERS = {"framework": "onnxruntime", "gpu": "none"}


def render(folder: Path, **answers: str) -> Path:
    """Render a service with ONNX Runtime on the CPU into a new folder; return its folder."""
    return Path(
        cookiecutter(
            str(ROOT), no_input=True, output_dir=str(folder), extra_context=ANSWERS | answers
        )
    )


def ours(project: Path, name: str, own: Path | None = None) -> Server:
    """Return the rendered service, run by the interpreter of the tests.

    It serves the model folder of all, or one of its `own`.
    """
    package = package_of(project)

    def environ(port: int, model: Path, batching: Batching) -> dict[str, str]:
        return {
            "PYTHONPATH": "src",
            "SERVICE_PORT": str(port),
            "SERVICE_MODEL_DIR": str(own or model),
            "SERVICE_MAX_BATCH_SIZE": str(batching.max_batch_size),
            "SERVICE_BATCH_WAIT_MS": str(batching.batch_wait_ms),
        }

    versions = f"Flask {version('flask')}, Granian {version('granian')}"
    command = [sys.executable, "-m", package, "serve"]
    return Server(name, versions, lambda port: command, project, environ, "/healthz", True)


def quantize(project: Path, model: Path) -> None:
    """Make the quantized artefact in a model folder; raises ServerError if it is no good."""
    environ = {**os.environ, "PYTHONPATH": "src", "SERVICE_MODEL_DIR": str(model)}
    command = [sys.executable, "-B", "-m", package_of(project), "quantize"]
    ran = subprocess.run(command, cwd=project, env=environ, capture_output=True, text=True)
    if ran.returncode:
        raise ServerError(f"The model was not quantized: {ran.stderr.strip()[-300:]}")


def package_of(project: Path) -> str:
    """Return the name of the package of a rendered service."""
    (package,) = (path.name for path in (project / "src").iterdir())
    return package
