"""What the protocol tells of the service and of its model."""

import importlib.metadata
from pathlib import Path
from typing import Any

from ..model_card import TensorSpec
from ..startup import Running
from .datatypes import datatype_of

NAME = __name__.partition(".")[0]
EXTENSIONS = ["binary_tensor_data", "classification", "model_configuration", "statistics"]


def server_metadata() -> dict[str, Any]:
    """Return the name of the package, its version if it is installed, and the extensions."""
    try:
        version = importlib.metadata.version(NAME)
    except importlib.metadata.PackageNotFoundError:
        version = "0"
    return {"name": NAME, "version": version, "extensions": EXTENSIONS}


def model_metadata(running: Running) -> dict[str, Any]:
    """Return names, datatypes and shapes; -1 is any size."""
    card = running.model.card
    return {
        "name": card.name,
        "versions": [card.version],
        "platform": _platform(running),
        "inputs": [_tensor(spec) for spec in card.inputs],
        "outputs": [_tensor(spec) for spec in card.outputs],
    }


def model_config(running: Running) -> dict[str, Any]:
    """Return the configuration as Triton tells it: dimensions are those of one row."""
    card = running.model.card
    return {
        "name": card.name,
        "platform": _platform(running),
        "max_batch_size": running.batcher.max_rows,
        "input": [_row(spec) for spec in card.inputs],
        "output": [_row(spec) for spec in card.outputs],
    }


def _platform(running: Running) -> str:
    """Return the runtime and the format, as in onnxruntime_onnx or tensorflow_savedmodel."""
    file = Path(running.model.card.artefact.file)
    form = file.suffix.lstrip(".") or file.name.replace("_", "")
    return f"{running.engine.name.partition(' ')[0]}_{form}"


def _tensor(spec: TensorSpec) -> dict[str, Any]:
    return {"name": spec.name, "datatype": datatype_of(spec.dtype), "shape": spec.shape}


def _row(spec: TensorSpec) -> dict[str, Any]:
    kind = datatype_of(spec.dtype).replace("BYTES", "STRING")
    return {"name": spec.name, "data_type": f"TYPE_{kind}", "dims": spec.shape[1:]}
