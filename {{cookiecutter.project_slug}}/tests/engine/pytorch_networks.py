"""Networks small enough to tell their answers by heart, in each form that PyTorch saves."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.export import Dim, export, save

from model_service import architecture
from model_service.model_card import TensorSpec

X = TensorSpec(name="x", dtype="float32", shape=(-1, 3))
N = TensorSpec(name="n", dtype="int32", shape=(-1, 2))
TWICE_X = TensorSpec(name="twice_x", dtype="float32", shape=(-1, 3))
TWICE_N = TensorSpec(name="twice_n", dtype="int32", shape=(-1, 2))


class Doubling(nn.Module):
    """Gives each of its two inputs, added to itself."""

    def forward(self, x: Tensor, n: Tensor) -> dict[str, Tensor]:
        """Return float32 [batch, 3] and int32 [batch, 2]."""
        return {"twice_x": x + x, "twice_n": n + n}


class Scaling(nn.Module):
    """Gives its input times `scale`, plus an offset that no state dict holds."""

    offset: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(3))
        self.register_buffer("offset", torch.full((3,), 10.0), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return float32 [batch, 3]."""
        return x * self.scale + self.offset


def use(
    monkeypatch: pytest.MonkeyPatch,
    build: Callable[[], nn.Module],
    inputs: Sequence[TensorSpec] = (X,),
    outputs: Sequence[TensorSpec] = (TWICE_X,),
) -> None:
    """Let the service have another architecture."""
    monkeypatch.setattr(architecture, "build", build)
    monkeypatch.setattr(architecture, "INPUTS", tuple(inputs))
    monkeypatch.setattr(architecture, "OUTPUTS", tuple(outputs))


def write_exported(path: Path, network: nn.Module, *example: Tensor, **named: Tensor) -> Path:
    """Write a `.pt2`, its batch of any size."""
    shapes = [{0: Dim.DYNAMIC} for _ in (*example, *named)]
    save(export(network, example, named, dynamic_shapes=shapes), path)
    return path


def write_torchscript(path: Path, network: nn.Module) -> Path:
    """Write TorchScript."""
    script: Any = torch.jit.script(network)
    script.save(path)
    return path
