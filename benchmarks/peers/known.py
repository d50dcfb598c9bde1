"""The other servers that are compared: how each is installed and started with a model."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ..servers import HOST, Batching, Server
from . import ENVIRONMENTS, installed, pinned

LISTS = Path(__file__).parent
SCRIPTS = LISTS / "scripts"  # no package: some servers would import it as part of ours


class Peer(NamedTuple):
    """Another server: its name, its health route, and what its interpreter is told to run.

    `requirements` names a file without its ending, if that is not the server's own key.
    """

    name: str
    health: str
    arguments: str
    requirements: str = ""


PEERS = {
    "litserve": Peer("LitServe", "/health", "serve_litserve.py"),
    "mosec": Peer("mosec", "/", f"serve_mosec.py --address {HOST} --port {{port}}"),
    "bentoml": Peer(
        "BentoML",
        "/livez",
        f"-m bentoml serve serve_bentoml:Predictor --host {HOST} --port {{port}}",
    ),
    "mlserver": Peer("MLServer", "/v2/health/live", "serve_mlserver.py"),
    "mosec-one-stage": Peer(
        "mosec", "/", f"serve_mosec_one_stage.py --address {HOST} --port {{port}}", "mosec"
    ),
    "fastapi": Peer(
        "FastAPI, uvicorn",
        "/docs",
        f"-m uvicorn serve_fastapi:app --host {HOST} --port {{port}} --no-access-log",
    ),
    "flask": Peer(
        "Flask script, gunicorn",
        "/",
        "-m gunicorn serve_flask:app --workers 1 --threads 8 --bind " + HOST + ":{port}",
    ),
    "wsgi": Peer(
        "bare WSGI function, Granian",
        "/",
        "-m granian --interface wsgi serve_wsgi:app --workers 1 --blocking-threads 16 --no-ws"
        f" --host {HOST} --port {{port}}",
    ),
}


def peer(key: str, **more: str) -> Server:
    """Return a server in an environment of its own, with more of the environment.

    Raises InstallError.
    """
    name = PEERS[key].name
    programs = installed(requirements(key).stem, name, requirements(key))
    return peer_of(key, programs / "python", more)


def peer_of(key: str, python: Path, more: Mapping[str, str]) -> Server:
    """Return a server that is run by an interpreter which has what it needs."""
    known = PEERS[key]

    def command(port: int) -> list[str | Path]:
        return [python, *known.arguments.format(port=port).split()]

    def environ(port: int, model: Path, batching: Batching) -> dict[str, str]:
        return {
            "PORT": str(port),
            "MODEL": str(model / "model.onnx"),
            "MAX_BATCH_SIZE": str(batching.max_batch_size),
            "BATCH_WAIT_MS": str(batching.batch_wait_ms),
            "BENTOML_HOME": str(ENVIRONMENTS / key / "home"),
            "BENTOML_DO_NOT_TRACK": "True",
            **more,
        }

    version = pinned(requirements(key))
    return Server(known.name, version, command, SCRIPTS, environ, known.health)


def requirements(key: str) -> Path:
    """Return the file with the exact versions of a server."""
    return LISTS / f"{PEERS[key].requirements or key}.txt"
