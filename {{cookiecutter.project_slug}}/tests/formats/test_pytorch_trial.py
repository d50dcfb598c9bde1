"""A model whose inputs and outputs a person stated is run before it is taken."""

import pytest
import torch
from torch import Tensor, nn

from model_service.engine.pytorch import PyTorchEngine
from model_service.engine.pytorch_network import Network
from model_service.errors import ImportRefused
from model_service.formats.pytorch_trial import try_out
from model_service.model_card import TensorSpec


def spec(*shape: int, dtype: str = "float32") -> TensorSpec:
    """Return a spec that is called x."""
    return TensorSpec(name="x", dtype=dtype, shape=shape)


def tried(network: nn.Module, given: TensorSpec, gives: TensorSpec) -> None:
    """Try a network of one input and one output."""
    loaded = Network(network, (given,), (gives,), "cpu", torch.float32)
    try_out(PyTorchEngine(loaded), "model.pt")


def test_a_model_that_does_what_is_stated_passes() -> None:
    tried(nn.Linear(3, 2), spec(-1, 3), spec(-1, 2))
    tried(nn.Linear(3, 2), spec(1, 3), spec(1, 2))
    tried(nn.Embedding(5, 2), spec(-1, 4, dtype="int64"), spec(-1, 4, 2))


def test_a_size_that_is_any_is_not_guessed() -> None:
    tried(nn.Conv1d(1, 1, 9), spec(-1, 1, -1), spec(-1, 1, -1))


@pytest.mark.parametrize(
    ("network", "given", "gives", "reason"),
    [
        (nn.Linear(3, 2), spec(-1, 4), spec(-1, 2), "does not run with .*: mat1 and mat2"),
        (
            nn.Linear(3, 2),
            spec(-1, 3),
            spec(-1, 5),
            r"gives x float32\[2, 2\], .* x float32\[-1, 5",
        ),
        (nn.Bilinear(3, 3, 2), spec(-1, 3), spec(-1, 2), "does not run with .*input2"),
    ],
    ids=["input", "output", "count"],
)
def test_what_is_stated_wrongly_is_said(
    network: nn.Module, given: TensorSpec, gives: TensorSpec, reason: str
) -> None:
    with pytest.raises(ImportRefused, match=rf"^model\.pt {reason}"):
        tried(network, given, gives)


def test_a_batch_that_is_fixed_at_one_is_seen() -> None:
    class OneRow(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.reshape(1, 3)

    with pytest.raises(ImportRefused, match="does not run with"):
        tried(OneRow(), spec(-1, 3), spec(-1, 3))
    tried(OneRow(), spec(1, 3), spec(1, 3))
