"""The reference evaluator keeps the contract of an engine."""

from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

from model_service.engine import onnxreference

from .contract import EngineContract

TYPES: dict[str, tuple[int, list[str | int]]] = {
    "x": (TensorProto.FLOAT, ["b", 3]),
    "n": (TensorProto.INT32, ["b", 2]),
}


class TestReference(EngineContract):
    """The contract, on the runtime of this service."""

    runtime = onnxreference

    @pytest.fixture
    def doubling(self, tmp_path: Path) -> Path:
        nodes = [helper.make_node("Add", [name, name], [f"twice_{name}"]) for name in TYPES]
        inputs, outputs = (
            [helper.make_tensor_value_info(prefix + name, *TYPES[name]) for name in TYPES]
            for prefix in ("", "twice_")
        )
        graph = helper.make_graph(nodes, "doubling", inputs, outputs)
        path = tmp_path / "doubling.onnx"
        opset = [helper.make_opsetid("", 17)]
        onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=10), path)
        return path
