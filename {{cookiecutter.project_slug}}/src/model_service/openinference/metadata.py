"""What the protocol tells of the service and of its model."""

import functools
import importlib.metadata
from pathlib import Path
from typing import Any

from ..model_card import ModelCard, TensorSpec
from .datatypes import BYTES, datatype_of

EXTENSIONS = ("binary_tensor_data", "classification", "model_configuration", "statistics")
NAME = __name__.partition(".")[0]


@functools.cache
def server_metadata() -> dict[str, Any]:
    """Return the name of the package, its version if it is installed, and the extensions."""
    try:
        version = importlib.metadata.version(NAME)
    except importlib.metadata.PackageNotFoundError:
        version = "0"
    return {"name": NAME, "version": version, "extensions": EXTENSIONS}


def model_metadata(card: ModelCard, runtime: str) -> dict[str, Any]:
    """Return names, datatypes and shapes; -1 is any size."""
    return {
        "name": card.name,
        "versions": [card.version],
        "platform": _platform(card, runtime),
        "inputs": [_tensor(spec) for spec in card.inputs],
        "outputs": [_tensor(spec) for spec in card.outputs],
    }


def model_config(card: ModelCard, runtime: str, max_rows: int) -> dict[str, Any]:
    """Return the configuration as Triton tells it: dimensions are those of one row."""
    return {
        "name": card.name,
        "platform": _platform(card, runtime),
        "max_batch_size": max_rows,
        "input": [_row(spec) for spec in card.inputs],
        "output": [_row(spec) for spec in card.outputs],
    }


def _platform(card: ModelCard, runtime: str) -> str:
    """Return the runtime and the format, as in onnxruntime_onnx or tensorflow_savedmodel."""
    file = Path(card.artefact.file)
    form = file.suffix.lstrip(".") or file.name.replace("_", "")
    return f"{runtime.partition(' ')[0]}_{form}"


def _tensor(spec: TensorSpec) -> dict[str, Any]:
    return {"name": spec.name, "datatype": datatype_of(spec.dtype), "shape": spec.shape}


def _row(spec: TensorSpec) -> dict[str, Any]:
    datatype = datatype_of(spec.dtype)
    kind = "TYPE_STRING" if datatype == BYTES else f"TYPE_{datatype}"
    return {"name": spec.name, "data_type": kind, "dims": spec.shape[1:]}
