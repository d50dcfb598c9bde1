"""A starter's network as an ONNX file, a node a layer."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from model_service.architecture.tensor import Standardise
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from .starter import OUTPUT, Array, Starter

FILE = "model.onnx"
OPSET, IR_VERSION = 17, 10  # old enough for the runtimes in use

Operator = tuple[str, Mapping[str, Tensor], Mapping[str, Any]]


def export(starter: Starter, path: Path) -> None:
    """Write the network of a starter; the batch is of any size. Raises TypeError on a new layer."""
    nodes, weights, value = [], [], starter.input_name
    operators = [op for layer in starter.network for op in _operators(layer)]
    for index, (op_type, parameters, attributes) in enumerate(operators, start=1):
        node = f"{op_type.lower()}{index}"
        output = OUTPUT if index == len(operators) else node
        inputs = [value, *(f"{node}.{name}" for name in parameters)]
        nodes.append(helper.make_node(op_type, inputs, [output], name=node, **attributes))
        weights += [
            numpy_helper.from_array(tensor.detach().numpy(), f"{node}.{name}")
            for name, tensor in parameters.items()
        ]
        value = output
    shape = ["batch", *starter.train.inputs.shape[1:]]
    graph = helper.make_graph(
        nodes,
        starter.name,
        [helper.make_tensor_value_info(starter.input_name, TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["batch", len(starter.labels)])],
        weights,
    )
    opsets = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def run(starter: Starter, path: Path) -> Array:
    """Return the probabilities of the held-out samples, as ONNX Runtime computes them."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (outputs,) = session.run([OUTPUT], {session.get_inputs()[0].name: starter.held_out.inputs})
    return np.asarray(outputs)


def _operators(layer: nn.Module) -> Iterator[Operator]:
    """Yield operator, parameters and attributes of a layer; the parameters follow its input."""
    match layer:
        case Standardise():
            yield "Sub", {"mean": layer.mean}, {}
            yield "Div", {"std": layer.std}, {}
        case nn.Conv2d():
            attributes = {"kernel_shape": layer.kernel_size, "pads": layer.padding * 2}
            yield "Conv", dict(layer.named_parameters()), attributes
        case nn.Linear():
            yield "Gemm", dict(layer.named_parameters()), {"transB": 1}
        case nn.ReLU():
            yield "Relu", {}, {}
        case nn.MaxPool2d():
            side = [layer.kernel_size] * 2
            yield "MaxPool", {}, {"kernel_shape": side, "strides": side}
        case nn.Flatten():
            yield "Flatten", {}, {"axis": 1}
        case nn.Softmax():
            yield "Softmax", {}, {"axis": 1}
        case _:
            raise TypeError(f"A layer of type {type(layer).__name__} has no ONNX operator here.")
