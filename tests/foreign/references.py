"""What each runtime answers when it is called directly, without an engine of the service."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime as ort
from ai_edge_litert.interpreter import Interpreter
from model_service.arrays import Array, Arrays

from .nets import Format

Reference = Callable[[Path, Arrays], Arrays]


def run_onnx(file: Path, inputs: Arrays) -> Arrays:
    """Run an ONNX file."""
    session = ort.InferenceSession(file, providers=["CPUExecutionProvider"])
    names = [node.name for node in session.get_outputs()]
    return dict(zip(names, session.run(names, dict(inputs)), strict=True))


def run_tflite(file: Path, inputs: Arrays) -> Arrays:
    """Run the signature of a TFLite file."""
    outputs: Arrays = Interpreter(str(file)).get_signature_runner()(**inputs)
    return outputs


REFERENCES: dict[str, Reference] = {"onnxruntime": run_onnx, "tflite": run_tflite}


def expected(framework: str, source: Format, batch: list[Array]) -> list[Array]:
    """Return the outputs of a network in the order of its table, each row run on its own."""
    names = [spec.name for spec in source.inputs]
    runs = [
        REFERENCES[framework](source.path, dict(zip(names, row, strict=True)))
        for row in zip(*(np.split(rows, len(rows)) for rows in batch), strict=True)
    ]
    return [np.concatenate([run[spec.name] for run in runs]) for spec in source.outputs]
