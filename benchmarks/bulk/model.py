"""A rendered service with a model that takes some tens of microseconds a row, and rows for it."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
from cookiecutter.main import cookiecutter
from onnx import TensorProto, helper, numpy_helper

from tests.answers import ROOT

ANSWERS = {"framework": "onnxruntime", "input_kind": "tensor", "gpu": "none"}
FEATURES, WIDTH, CLASSES = 128, 2048, 10
BATCH = 1024  # what `predict` chooses for it
CARD = """\
name = "bulk"
version = "1"
task = "classification"

[artefact]
file = "model.onnx"
sha256 = "{sha256}"

[[inputs]]
name = "x"
dtype = "float32"
shape = [-1, {features}]

[[outputs]]
name = "y"
dtype = "float32"
shape = [-1, {classes}]

[postprocessing]
labels = "labels.txt"
"""


def render(folder: Path) -> Path:
    """Render a service and put the model in place of its starter; return its folder."""
    project = Path(
        cookiecutter(str(ROOT), no_input=True, output_dir=str(folder), extra_context=ANSWERS)
    )
    _write_model(project / "model")
    return project


def write_rows(path: Path, count: int) -> Path:
    """Write so many rows of the model as a `.npy` file."""
    rows = np.random.default_rng(0).normal(size=(count, FEATURES)).astype(np.float32)
    np.save(path, rows)
    return path


def _write_model(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
    random = np.random.default_rng(0)
    sizes = (FEATURES, WIDTH, WIDTH, CLASSES)
    nodes, weights, value = [], [], "x"
    for layer, (inputs, outputs) in enumerate(zip(sizes, sizes[1:], strict=False)):
        weight = random.normal(size=(inputs, outputs)).astype(np.float32) / np.sqrt(inputs)
        weights.append(numpy_helper.from_array(weight.astype(np.float32), f"w{layer}"))
        nodes.append(helper.make_node("MatMul", [value, f"w{layer}"], [f"h{layer}"]))
        nodes.append(helper.make_node("Relu", [f"h{layer}"], [f"r{layer}"]))
        value = f"r{layer}"
    nodes[-1] = helper.make_node("Softmax", [f"h{len(sizes) - 2}"], ["y"])
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", FEATURES])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", CLASSES])
    graph = helper.make_graph(nodes, "bulk", [x], [y], weights)
    opsets = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=10), folder / "model.onnx")
    sha256 = hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()
    card = CARD.format(sha256=sha256, features=FEATURES, classes=CLASSES)
    (folder / "model.toml").write_text(card, encoding="utf-8")
    (folder / "labels.txt").write_text("\n".join(map(str, range(CLASSES))), encoding="utf-8")
    golden = {
        "instances": np.zeros((1, FEATURES)).tolist(),
        "outputs": {"y": np.full((1, CLASSES), 1 / CLASSES).tolist()},
    }
    (folder / "golden.json").write_text(json.dumps(golden), encoding="utf-8")
