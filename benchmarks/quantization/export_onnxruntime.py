"""A network as an ONNX file, a node a layer."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from .graph import Translator
from .networks import CLASSES

FILE = "model.onnx"
OPSET, IR_VERSION = 17, 10  # old enough for the runtimes in use

NOTHING: Mapping[str, Any] = {}


def export(network: nn.Module, shape: tuple[int, ...], path: Path) -> None:
    """Write a network whose rows have a shape; the batch is of any size."""
    graph = Graph()
    Translator(network, graph.layer, graph.add).run("x")
    graph.nodes[-1].output[0] = "logits"
    proto = helper.make_graph(
        graph.nodes,
        "network",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", *shape])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", CLASSES])],
        graph.weights,
    )
    opsets = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(proto, opset_imports=opsets, ir_version=IR_VERSION)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


class Graph:
    """Nodes and weights as they come; what stands for a tensor is its name."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def add(self, left: str, right: str) -> str:
        """Return the sum of two values."""
        return self._node("Add", [left, right])

    def layer(self, layer: nn.Module, value: str) -> str:
        """Return what a layer makes of a value; raises TypeError for a new kind of layer."""
        match layer:
            case nn.Identity():
                return value
            case nn.Conv2d():
                return self._node("Conv", [value], {"weight": layer.weight}, _window(layer))
            case nn.BatchNorm2d():
                names = "weight", "bias", "running_mean", "running_var"
                parameters = {name: getattr(layer, name) for name in names}
                epsilon = {"epsilon": layer.eps}
                return self._node("BatchNormalization", [value], parameters, epsilon)
            case nn.ReLU():
                return self._node("Relu", [value])
            case nn.MaxPool2d():
                return self._node("MaxPool", [value], {}, _window(layer))
            case nn.AdaptiveAvgPool2d():
                return self._node("GlobalAveragePool", [value])
            case nn.Flatten():
                return self._node("Flatten", [value])
            case nn.Linear():
                return self._node("Gemm", [value], dict(layer.named_parameters()), {"transB": 1})
            case _:
                raise TypeError(f"A layer of type {type(layer).__name__} has no ONNX node here.")

    def _node(
        self,
        op_type: str,
        values: Sequence[str],
        parameters: Mapping[str, Tensor] = NOTHING,
        attributes: Mapping[str, Any] = NOTHING,
    ) -> str:
        """Append a node, whose inputs are values and then parameters; return its output."""
        name = f"{op_type.lower()}{len(self.nodes)}"
        inputs = [*values, *(f"{name}.{key}" for key in parameters)]
        self.nodes.append(helper.make_node(op_type, inputs, [name], name=name, **attributes))
        self.weights += [
            numpy_helper.from_array(tensor.numpy(), f"{name}.{key}")
            for key, tensor in parameters.items()
        ]
        return name


def _window(layer: nn.Conv2d | nn.MaxPool2d) -> Mapping[str, Any]:
    """Return the attributes of what slides over an image; all windows are square."""
    kernel, stride, padding = (
        (side, side) if isinstance(side, int) else side
        for side in (layer.kernel_size, layer.stride, layer.padding)
    )
    return {"kernel_shape": kernel, "strides": stride, "pads": (*padding, *padding)}
