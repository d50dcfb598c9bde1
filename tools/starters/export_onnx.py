"""A starter's network as an ONNX file, a node an operator."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from model_service.architecture.tensor import Standardise
from model_service.architecture.text import TokenMean
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from .starter import OUTPUT, Array, Starter

FILE = "model.onnx"
OPSET, IR_VERSION = 17, 10  # old enough for the runtimes in use
LEAST = 1e-4  # share of a row that is no padding, so that a row of nothing is divided by something


class Graph:
    """Nodes and weights, in the order in which they are added."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[TensorProto] = []

    def add(
        self,
        op_type: str,
        *inputs: str,
        parameters: Mapping[str, Tensor] | None = None,
        table: Tensor | None = None,
        **attributes: Any,
    ) -> str:
        """Add a node and return the name of its output; parameters follow its inputs.

        A table is a parameter that comes before them.
        """
        name = f"{op_type.lower()}{len(self.nodes) + 1}"
        first = {} if table is None else {"table": table}
        names = [*(f"{name}.{one}" for one in first), *inputs]
        names += [f"{name}.{one}" for one in parameters or {}]
        self.weights += [
            numpy_helper.from_array(tensor.detach().numpy(), f"{name}.{one}")
            for one, tensor in {**first, **(parameters or {})}.items()
        ]
        self.nodes.append(helper.make_node(op_type, names, [name], name=name, **attributes))
        return name


def export(starter: Starter, path: Path) -> None:
    """Write the network of a starter; the batch is of any size. Raises TypeError on a new layer."""
    graph, values = Graph(), [*starter.input_shapes]
    for layer in starter.layers:
        values = [_add(layer, values, graph)]
    graph.nodes[-1].output[0] = OUTPUT
    inputs = [
        helper.make_tensor_value_info(
            name, helper.np_dtype_to_tensor_dtype(starter.train.inputs[name].dtype), _named(shape)
        )
        for name, shape in starter.input_shapes.items()
    ]
    output = helper.make_tensor_value_info(
        OUTPUT, TensorProto.FLOAT, _named([-1, len(starter.labels)])
    )
    model = helper.make_model(
        helper.make_graph(graph.nodes, starter.name, inputs, [output], graph.weights),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def run(starter: Starter, path: Path) -> Array:
    """Return the probabilities of the held-out samples, as ONNX Runtime computes them."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (outputs,) = session.run([OUTPUT], starter.held_out.inputs)
    return np.asarray(outputs)


def _named(shape: Iterable[int]) -> list[int | str]:
    """Return a shape with names for the dimensions of any size."""
    names = iter(("batch", "length"))
    return [next(names) if size == -1 else size for size in shape]


def _add(layer: nn.Module, values: list[str], graph: Graph) -> str:
    """Add the operators of a layer and return the name of what it gives."""
    parameters = dict(layer.named_parameters())
    match layer:
        case TokenMean():
            # The row of the padding is zero, so that it adds nothing to the mean of all.
            ids = graph.add("Mul", *values)
            rows = graph.add("Gather", ids, table=layer.table.weight)
            summed = graph.add("ReduceMean", rows, axes=[1], keepdims=0)
            mask = graph.add("Cast", values[1], to=TensorProto.FLOAT)
            counted = graph.add("ReduceMean", mask, axes=[1], keepdims=1)
            least = graph.add("Clip", counted, parameters={"least": torch.tensor(LEAST)})
            return graph.add("Div", summed, least)
        case Standardise():
            centred = graph.add("Sub", *values, parameters={"mean": layer.mean})
            return graph.add("Div", centred, parameters={"std": layer.std})
        case nn.Conv2d():
            attributes: dict[str, Any] = {
                "kernel_shape": layer.kernel_size,
                "pads": [*layer.padding] * 2,
            }
            return graph.add("Conv", *values, parameters=parameters, **attributes)
        case nn.Linear():
            return graph.add("Gemm", *values, parameters=parameters, transB=1)
        case nn.ReLU():
            return graph.add("Relu", *values)
        case nn.MaxPool2d():
            side = [layer.kernel_size] * 2
            return graph.add("MaxPool", *values, kernel_shape=side, strides=side)
        case nn.Flatten():
            return graph.add("Flatten", *values, axis=1)
        case nn.Softmax():
            return graph.add("Softmax", *values, axis=1)
        case _:
            raise TypeError(f"A layer of type {type(layer).__name__} has no ONNX operator here.")
