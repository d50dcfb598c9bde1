"""A model folder as the service takes it: the card and golden examples of an ONNX file."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

MODEL, CARD, GOLDEN = "model.onnx", "model.toml", "golden.json"
OPSET, IR_VERSION = 17, 10  # old enough for the runtimes in use

Array = NDArray[np.float32]


def save(
    folder: Path,
    nodes: Sequence[onnx.NodeProto],
    weights: Mapping[str, NDArray[Any]],
    shapes: Mapping[str, Sequence[int]],
) -> None:
    """Write a model of an input `x` and an output `y`, float32, with these shapes of a row."""
    x, y = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *shapes[name]])
        for name in "xy"
    )
    constants = [numpy_helper.from_array(values, name) for name, values in weights.items()]
    graph = helper.make_graph(list(nodes), folder.name, [x], [y], constants)
    opsets = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(model, folder / MODEL)


def finish(
    folder: Path,
    rows: Array,
    *,
    name: str = "model",
    task: str = "raw",
    instances: Sequence[Any] | None = None,
    golden: int = 1,
    more: str = "",
) -> Array:
    """Write card and golden examples beside the model of a folder; return the outputs of rows.

    The first rows, as clients send them, are the golden examples: `instances`, if preprocessing
    makes rows of something else. `more` are lines of the card.
    """
    artefact = folder / MODEL
    session = ort.InferenceSession(artefact, providers=["CPUExecutionProvider"])
    (input_,), (output,) = session.get_inputs(), session.get_outputs()
    (outputs,) = session.run([output.name], {input_.name: rows})
    sha256 = hashlib.sha256(artefact.read_bytes()).hexdigest()
    card = f"""\
name = "{name}"
version = "1"
task = "{task}"
artefact = {{ file = "{MODEL}", sha256 = "{sha256}" }}
inputs = [{_described(input_.name, rows)}]
outputs = [{_described(output.name, outputs)}]
{more}"""
    (folder / CARD).write_text(card, encoding="utf-8")
    sent = rows[:golden].tolist() if instances is None else list(instances[:golden])
    examples = {"instances": sent, "outputs": {output.name: outputs[:golden].tolist()}}
    (folder / GOLDEN).write_text(json.dumps(examples), encoding="utf-8")
    return np.asarray(outputs, np.float32)


def _described(name: str, rows: Array) -> str:
    return f'{{ name = "{name}", dtype = "float32", shape = {[-1, *rows.shape[1:]]} }}'
