"""A PyTorch network or program as a function of tensors, with its signature."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ..model_card import TensorSpec


@dataclass(frozen=True)
class Network:
    """What PyTorch runs: `call` takes the tensors of `inputs` in order, all on `device`.

    It returns one tensor, several in the order of `outputs`, or a dict by their names. `dtype` is
    that of its floating-point numbers.
    """

    call: Callable[..., Any]
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    device: str
    dtype: torch.dtype

    def run(self, inputs: Sequence[Tensor]) -> Mapping[str, Tensor]:
        """Return the outputs by name; raises ValueError if there are others than stated."""
        result = self.call(*inputs)
        if isinstance(result, Mapping):
            return result
        tensors = [result] if isinstance(result, Tensor) else result
        if len(tensors) != len(self.outputs):
            names = ", ".join(spec.name for spec in self.outputs)
            raise ValueError(f"the network returned {len(tensors)} outputs, not {names}")
        return dict(zip((spec.name for spec in self.outputs), tensors, strict=True))


def dtype_of(tensors: Sequence[Tensor]) -> torch.dtype:
    """Return the type of the first floating-point tensor, float32 if there is none."""
    return next((t.dtype for t in tensors if t.is_floating_point()), torch.float32)
