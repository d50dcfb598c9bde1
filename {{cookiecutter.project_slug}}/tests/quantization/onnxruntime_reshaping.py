"""A small ONNX model whose shapes follow from constants, as exporters write them."""

from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

OPSET = 17
OLDEST_IR = 8


def write_reshaping(path: Path) -> Path:
    """Write a model that turns rows of 4 numbers into 2 by 2, and multiplies them."""
    random = np.random.default_rng(0)
    constants = [
        numpy_helper.from_array(np.array([-1, 2, 2]), "to"),
        numpy_helper.from_array(np.array([-1, 4]), "back"),
        numpy_helper.from_array(random.normal(size=(4, 3)).astype(np.float32), "weights"),
    ]
    nodes = [
        helper.make_node("Reshape", ["x", "to"], ["square"]),
        helper.make_node("Relu", ["square"], ["positive"]),
        helper.make_node("Reshape", ["positive", "back"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["y"]),
    ]
    ends = [
        helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["batch", width])
        for name, width in (("x", 4), ("y", 3))
    ]
    graph = helper.make_graph(nodes, "reshaping", ends[:1], ends[1:], constants)
    opset = [helper.make_opsetid("", OPSET)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=OLDEST_IR), path)
    return path
