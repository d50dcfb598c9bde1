"""A model folder whose model takes ten milliseconds a row or so: it shall be the bottleneck.

A batch of n rows takes n times as long as one row, as with convolutions and transformers, so that
every way of batching has about the same capacity.
"""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

FEATURES, POSITIONS, WIDTH, LAYERS, OUTPUTS = 32, 160, 512, 8, 4
CASES, GOLDEN = 16, 4
OPSET, IR_VERSION = 17, 10  # old enough for the runtimes in use

CARD = """\
name = "overload"
version = "1"
task = "raw"

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
shape = [-1, {outputs}]
"""

Array = NDArray[np.float32]


def write(folder: Path) -> list[dict[str, Any]]:
    """Put the model into a folder in place of what is there.

    Returns instances with the predictions that are right for them, all different.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    artefact = folder / "model.onnx"
    onnx.save(_network(np.random.default_rng(0)), artefact)
    sha256 = hashlib.sha256(artefact.read_bytes()).hexdigest()
    card = CARD.format(sha256=sha256, features=FEATURES, outputs=OUTPUTS)
    (folder / "model.toml").write_text(card, encoding="utf-8")

    rows = np.random.default_rng(1).normal(size=(CASES, FEATURES)).round(3).astype(np.float32)
    session = onnxruntime.InferenceSession(artefact, providers=["CPUExecutionProvider"])
    (answers,) = session.run(["y"], {"x": rows})
    instances, predictions = _numbers(rows), _numbers(answers)
    golden = {"instances": instances[:GOLDEN], "outputs": {"y": predictions[:GOLDEN]}}
    (folder / "golden.json").write_text(json.dumps(golden), encoding="utf-8")
    pairs = zip(instances, predictions, strict=True)
    return [{"instance": instance, "prediction": answer} for instance, answer in pairs]


def _network(random: np.random.Generator) -> onnx.ModelProto:
    """Return an MLP that is applied at many positions of a row, which are then averaged."""
    weights = {"expand": _weights(random, FEATURES, POSITIONS * WIDTH)}
    weights |= {f"hidden{i}": _weights(random, WIDTH, WIDTH) for i in range(LAYERS)}
    weights["head"] = _weights(random, WIDTH, OUTPUTS)
    initializers = [numpy_helper.from_array(array, name) for name, array in weights.items()]
    initializers.append(numpy_helper.from_array(np.array([-1, POSITIONS, WIDTH]), "shape"))
    nodes = [
        helper.make_node("MatMul", ["x", "expand"], ["flat"]),
        helper.make_node("Reshape", ["flat", "shape"], ["layer0"]),
    ]
    for i in range(LAYERS):
        nodes += [
            helper.make_node("MatMul", [f"layer{i}", f"hidden{i}"], [f"sum{i}"]),
            helper.make_node("Relu", [f"sum{i}"], [f"layer{i + 1}"]),
        ]
    nodes += [
        helper.make_node("ReduceMean", [f"layer{LAYERS}"], ["mean"], axes=[1], keepdims=0),
        helper.make_node("MatMul", ["mean", "head"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "overload",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", FEATURES])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", OUTPUTS])],
        initializers,
    )
    opsets = [helper.make_opsetid("", OPSET)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)


def _weights(random: np.random.Generator, inputs: int, outputs: int) -> Array:
    """Return weights that keep the deviation of what goes through them and a ReLU."""
    return random.normal(scale=(2 / inputs) ** 0.5, size=(inputs, outputs)).astype(np.float32)


def _numbers(rows: Array) -> list[list[float]]:
    return [[float(f"{value:.7g}") for value in row] for row in rows]
