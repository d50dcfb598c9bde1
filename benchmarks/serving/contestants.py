"""Who takes part: the rendered service in its forms, other servers, and the runtime alone."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from .. import rendered
from ..peers import pinned, triton
from ..peers.known import PEERS, peer, requirements
from ..servers import Server
from . import wire
from .models import Subject

BATCH = 32  # the most rows of a run, of all that batch
SERVICE = "service"
INT8_TOLERANCE = 0.5  # of logits up to 3: the answer is that model's, and no other
ONE_THREAD = {"INTRA_OP_THREADS": "1"}  # each server has one CPU; the service finds that by itself


@dataclass(frozen=True)
class Batch:
    """How rows of several requests share a run: so many at most, with so long a wait for more."""

    max_batch_size: int = 1
    batch_wait_ms: int = 0


@dataclass(frozen=True)
class Contestant:
    """A server and how it is asked; the one without a server is a loop over the runtime.

    `server` gets the renders, the kind of input and the model folder. `tolerance` is that of a
    right answer.
    """

    name: str
    server: Callable[["Renders", str, Path], Server] | None
    batch: Batch
    request: Callable[[Subject], wire.Request]
    tolerance: float = wire.TOLERANCE


class Renders:
    """The rendered services of one run, each rendered when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.of = cache(self._render)
        self.quantized = cache(self._quantize)

    def _render(self, input_kind: str, batching: str, quantization: str) -> Path:
        answers = {"input_kind": input_kind, "batching": batching, "quantization": quantization}
        return rendered.render(self._folder / "_".join(answers.values()), **answers)

    def _quantize(self, project: Path, model: Path) -> Path:
        """Return a quantized copy of a model folder: in that of all, others would serve it."""
        own = project.parent / "model"
        shutil.copytree(model, own)
        rendered.quantize(project, own)
        return own


def _service(
    name: str,
    batching: str = "dynamic",
    quantization: str = "none",
    request: Callable[[Subject], wire.Request] | None = None,
) -> Contestant:
    def server(renders: Renders, input_kind: str, model: Path) -> Server:
        project = renders.of(input_kind, batching, quantization)
        own = renders.quantized(project, model) if quantization != "none" else None
        return rendered.ours(project, name, own)

    tolerance = wire.TOLERANCE if quantization == "none" else INT8_TOLERANCE
    return Contestant(name, server, Batch(BATCH), request or native, tolerance)


def _peer(
    name: str,
    key: str,
    batch: Batch | None = None,
    request: Callable[[Subject], wire.Request] | None = None,
) -> Contestant:
    def server(_: Renders, input_kind: str, model: Path) -> Server:
        return peer(key, INPUT=input_kind, **ONE_THREAD)

    return Contestant(name, server, batch or Batch(), request or native)


def native(subject: Subject) -> wire.Request:
    """Return the request of `/predict`."""
    return wire.native(subject.instance)


def v2_json(subject: Subject) -> wire.Request:
    """Return the request of the Open Inference Protocol as JSON."""
    return wire.v2_json(subject.row)


def v2_binary(subject: Subject) -> wire.Request:
    """Return the request of the Open Inference Protocol as bytes."""
    return wire.v2_binary(subject.row)


def _triton(_: Renders, input_kind: str, model: Path) -> Server:
    return triton.server(INPUT=input_kind, **ONE_THREAD)


CONTESTANTS = {
    contestant.name: contestant
    for contestant in (
        _service(SERVICE),
        _service("service-none", batching="none"),
        _service("service-int8", quantization="static-int8"),
        _service("service-v2", request=v2_binary),
        Contestant("triton", _triton, Batch(BATCH), v2_binary),
        _peer("mosec", "mosec-one-stage"),
        _peer("mosec-batched", "mosec-one-stage", Batch(BATCH, 5)),
        _peer("fastapi", "fastapi"),
        _peer("flask", "flask"),
        _peer("litserve", "litserve"),
        _peer("litserve-batched", "litserve", Batch(BATCH, 5)),
        _peer("mlserver", "mlserver", request=v2_json),
        _peer("mlserver-batched", "mlserver", Batch(BATCH, 5), v2_json),
        _peer("bentoml", "bentoml", Batch(BATCH)),
        _peer("wsgi", "wsgi"),
        Contestant("loop", None, Batch(BATCH), native),
    )
}


def versions() -> dict[str, str]:
    """Return the versions of the servers that are compared, and of the runtime."""
    ours = {name: version(name.lower()) for name in ("Flask", "Granian", "onnxruntime")}
    return ours | {
        PEERS[key].name.partition(",")[0]: pinned(requirements(key))
        for key in ("fastapi", "litserve", "mlserver", "mosec", "bentoml")
    }
