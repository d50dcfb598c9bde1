"""ONNX, as the reference evaluator reads it."""

from pathlib import Path

from ..engine.onnxreference import load
from ..errors import ImportRefused, InvalidArtefact
from .base import Signature


def read(path: Path, kind: str) -> Signature:
    """Return what an ONNX file says of itself; raises ImportRefused."""
    try:
        engine = load(path, "cpu", 1)
    except InvalidArtefact as error:
        raise ImportRefused(str(error)) from error
    return Signature(engine.inputs, engine.outputs)
