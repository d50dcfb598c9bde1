"""The reference evaluator of the package onnx: plain NumPy, slow, and right by definition."""

from pathlib import Path

import onnx
from onnx.reference import ReferenceEvaluator

from ..arrays import Array, Arrays
from ..errors import InvalidArtefact
from ..model_card import TensorSpec
from .base import check_inputs, no_rows


class ReferenceEngine:
    """One evaluator, which keeps no state between runs."""

    name = f"onnxreference {onnx.__version__}"
    device = "cpu"

    def __init__(self, model: onnx.ModelProto, threads: int) -> None:
        self.threads = threads
        self.inputs = tuple(map(_spec, model.graph.input))
        self.outputs = tuple(map(_spec, model.graph.output))
        self.dtype = self.inputs[0].dtype
        self._evaluator = ReferenceEvaluator(model)

    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Run the model; see `Engine.run`. Raises ValueError if the inputs do not fit."""
        check_inputs(inputs, self.inputs)
        if len(inputs[self.inputs[0].name]) == 0:
            return no_rows(self.outputs)
        outputs = self._evaluator.run(None, dict(inputs))
        return dict(zip((spec.name for spec in self.outputs), list(outputs), strict=True))


def available_devices() -> tuple[str, ...]:
    """Return the kinds of device that are worth asking for: NumPy has the CPU."""
    return ("cpu",)


def load(artefact: Path, device: str, threads: int) -> ReferenceEngine:
    """Load an artefact on the CPU, whatever device is asked for. Raises InvalidArtefact."""
    try:
        model = onnx.load(artefact)
        onnx.checker.check_model(model)
        return ReferenceEngine(model, threads)
    except Exception as error:  # the errors of protobuf and of onnx share no root but Exception
        reason = " ".join(str(error).split())
        raise InvalidArtefact(f"{artefact.name} cannot be loaded: {reason}") from error


def _spec(value: onnx.ValueInfoProto) -> TensorSpec:
    tensor = value.type.tensor_type
    dtype = onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type)
    shape = tuple(size.dim_value or -1 for size in tensor.shape.dim)
    return TensorSpec(name=value.name, dtype=str(dtype), shape=shape)
