"""One interpreter of a TFLite model as a function of named arrays, and what its tensors hold."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from ..arrays import Array
from ..model_card import TensorSpec

USUAL_SIGNATURE = "serving_default"

Details = Mapping[str, Any]  # of a tensor, as the interpreter gives them


class Runner(Protocol):
    """What LiteRT's SignatureRunner does; one thread at a time, and outputs are copies."""

    def get_input_details(self) -> Mapping[str, Details]: ...
    def get_output_details(self) -> Mapping[str, Details]: ...
    def __call__(self, **inputs: Array) -> dict[str, Array]: ...


class GraphRunner:
    """The same for a model without signatures: its names are those of the tensors."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self._inputs = {details["name"]: details for details in interpreter.get_input_details()}
        self._outputs = {details["name"]: details for details in interpreter.get_output_details()}

    def get_input_details(self) -> Mapping[str, Details]:
        """Return the details of each input."""
        return self._inputs

    def get_output_details(self) -> Mapping[str, Details]:
        """Return the details of each output."""
        return self._outputs

    def __call__(self, **inputs: Array) -> dict[str, Array]:
        """Resize the model to its inputs, run it, and return copies of its outputs."""
        for name, array in inputs.items():
            self._interpreter.resize_tensor_input(self._inputs[name]["index"], array.shape)
        self._interpreter.allocate_tensors()  # only now: not every model can be at its first size
        for name, array in inputs.items():
            self._interpreter.set_tensor(self._inputs[name]["index"], array)
        self._interpreter.invoke()
        return {
            name: self._interpreter.get_tensor(details["index"])
            for name, details in self._outputs.items()
        }


def new_runner(artefact: Path, threads: int) -> Runner:
    """Map a file and return what runs it; raises ValueError or RuntimeError if nothing can."""
    interpreter = Interpreter(os.fspath(artefact), num_threads=threads)
    signature = served_signature(interpreter)
    if signature is None:
        return GraphRunner(interpreter)
    runner: Runner = interpreter.get_signature_runner(signature)
    return runner


def served_signature(interpreter: Interpreter) -> str | None:
    """Return the only signature of a model, or the usual one of several; None if it has none."""
    signatures = list(interpreter.get_signature_list())
    if len(signatures) > 1 and USUAL_SIGNATURE not in signatures:
        raise ValueError(f"of its signatures {', '.join(signatures)} none is {USUAL_SIGNATURE}.")
    return USUAL_SIGNATURE if len(signatures) > 1 else next(iter(signatures), None)


@dataclass(frozen=True)
class Tensor:
    """An input or output. With a scale its integers stand for `scale * (integer - zero_point)`.

    The service sees such a tensor as float32; without a scale (0) it is what it is.
    """

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    scale: np.float32
    zero_point: int

    @classmethod
    def all_of(cls, tensors: Mapping[str, Details]) -> tuple[Self, ...]:
        """Read the details of named tensors; raises ValueError for what cannot be served."""
        return tuple(cls._of(name, details) for name, details in tensors.items())

    @classmethod
    def _of(cls, name: str, details: Details) -> Self:
        dtype, shape = np.dtype(details["dtype"]), tuple(map(int, details["shape_signature"]))
        if dtype.kind not in "biuf":
            raise ValueError(f"{name!r} is of type {dtype.name}, which this service cannot serve.")
        if not shape:
            raise ValueError(f"{name!r} is a single number: it needs a dimension for the batch.")
        scale, zero_point = details["quantization"] if dtype.kind in "iu" else (0, 0)
        return cls(name, dtype, shape, np.float32(scale), zero_point)

    def spec(self, batch: int) -> TensorSpec:
        """Return what the service sees, with a batch of this size."""
        dtype = "float32" if self.scale else str(self.dtype)
        return TensorSpec(name=self.name, dtype=dtype, shape=(batch, *self.shape[1:]))

    def encode(self, array: Array) -> Array:
        """Return the numbers that the model takes for an array; the nearest if out of its range."""
        if not self.scale:
            return array
        range_ = np.iinfo(self.dtype)
        steps = np.round(array / self.scale) + self.zero_point
        return np.clip(steps, range_.min, range_.max).astype(self.dtype)

    def decode(self, array: Array) -> Array:
        """Return what the model's numbers stand for."""
        if not self.scale:
            return array
        return (array.astype(np.float32) - self.zero_point) * self.scale
