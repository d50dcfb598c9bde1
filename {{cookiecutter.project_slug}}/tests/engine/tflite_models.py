"""TFLite models small enough to tell their answers by heart, written without TensorFlow."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter
from ai_edge_litert.tools import flatbuffer_utils

from model_service.engine.tflite_runner import USUAL_SIGNATURE


@dataclass(frozen=True)
class Doubled:
    """An input `name` of the model, whose output is `twice_<name>`, its input added to itself.

    With a scale, both are quantized, and the output's scale is twice the input's.
    """

    name: str
    dtype: str = "FLOAT32"
    shape: tuple[int, ...] = (-1, 3)
    scale: float = 0
    zero_point: int = 0


def write_doubling(
    path: Path, *inputs: Doubled, signatures: tuple[str, ...] = (USUAL_SIGNATURE,)
) -> Path:
    """Write a model that doubles each of its inputs, under each of the signatures."""
    tensors = [
        _tensor(prefix + x.name, x, x.scale * factor)
        for prefix, factor in (("", 1), ("twice_", 2))
        for x in inputs
    ]
    indices = range(len(inputs)), range(len(inputs), 2 * len(inputs))
    graph = schema.SubGraphT()
    graph.tensors = tensors
    graph.inputs, graph.outputs = map(list, indices)
    graph.operators = [_addition(x, y) for x, y in zip(*indices, strict=True)]
    model = schema.ModelT()
    model.version = 3
    model.operatorCodes = [_operator_code(schema.BuiltinOperator.ADD)]
    model.subgraphs = [graph]
    model.buffers = [schema.BufferT()]
    model.signatureDefs = [
        _signature(key, *([(tensors[i].name, i) for i in part] for part in indices))
        for key in signatures
    ]
    path.write_bytes(flatbuffer_utils.convert_object_to_bytearray(model))
    return path


def numbers_by_type(path: Path, but_tables: bool = False) -> Counter[str]:
    """Return how many numbers of each type the weights of a model hold.

    Without, if so asked, the tables in which it looks rows up.
    """
    model = flatbuffer_utils.read_model_from_bytearray(path.read_bytes())
    graph, counts = model.subgraphs[0], Counter[str]()
    tables = {one.inputs[0] for one in graph.operators if _is_gather(one, model)}
    for index, tensor in enumerate(graph.tensors):
        is_weight = model.buffers[tensor.buffer].data is not None
        if is_weight and not (but_tables and index in tables):
            counts[flatbuffer_utils.type_to_name(tensor.type)] += int(np.prod(tensor.shape))
    return counts


def operators(path: Path) -> list[str]:
    """Return the names of the operators of a model in order, as the interpreter runs them."""
    return [details["op_name"] for details in Interpreter(str(path))._get_ops_details()]


def _is_gather(operator: Any, model: Any) -> bool:
    code = model.operatorCodes[operator.opcodeIndex].builtinCode
    return bool(code == schema.BuiltinOperator.GATHER)


def _tensor(name: str, like: Doubled, scale: float) -> Any:
    tensor = schema.TensorT()
    tensor.name = name
    tensor.type = getattr(schema.TensorType, like.dtype)
    tensor.shapeSignature = list(like.shape)
    tensor.shape = [max(size, 1) for size in like.shape]
    tensor.hasRank = True
    tensor.buffer = 0  # empty: it is computed
    if scale:
        tensor.quantization = schema.QuantizationParametersT()
        tensor.quantization.scale = [scale]
        tensor.quantization.zeroPoint = [like.zero_point]
    return tensor


def _addition(summand: int, total: int) -> Any:
    operator = schema.OperatorT()
    operator.opcodeIndex = 0
    operator.inputs, operator.outputs = [summand, summand], [total]
    operator.builtinOptionsType = schema.BuiltinOptions.AddOptions
    operator.builtinOptions = schema.AddOptionsT()
    return operator


def _operator_code(builtin: int) -> Any:
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = builtin
    code.version = 1
    return code


def _signature(key: str, inputs: list[tuple[str, int]], outputs: list[tuple[str, int]]) -> Any:
    signature = schema.SignatureDefT()
    signature.signatureKey = key
    signature.subgraphIndex = 0
    signature.inputs, signature.outputs = map(_map, (inputs, outputs))
    return signature


def _map(tensors: list[tuple[str, int]]) -> list[Any]:
    entries = []
    for name, index in tensors:
        entry = schema.TensorMapT()
        entry.name, entry.tensorIndex = name, index
        entries.append(entry)
    return entries
