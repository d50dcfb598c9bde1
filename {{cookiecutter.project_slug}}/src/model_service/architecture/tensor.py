"""The network of the model: put your own here, with the code that it was trained with.

A state dict holds names and numbers only; here stand the layers that they belong to. A model that
brings its own code (`.pt2`, TorchScript) does not need `build`.
"""

import torch
from torch import Tensor, nn

from ..model_card import TensorSpec

# The arguments of `forward` in order, and what it returns: a tensor, a tuple of them, or a dict by
# these names. -1 is any size; the first dimension is the batch.
INPUTS = (TensorSpec(name="features", dtype="float32", shape=(-1, 30)),)
OUTPUTS = (TensorSpec(name="probabilities", dtype="float32", shape=(-1, 2)),)


class Standardise(nn.Module):
    """Raw features -> features of mean 0 and deviation 1, as measured on the training samples."""

    mean: Tensor
    std: Tensor

    def __init__(self, features: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("std", torch.ones(features))

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the standardised features, float32 [batch, features]."""
        return (inputs - self.mean) / self.std


def build() -> nn.Sequential:
    """Return the network; its parameters get their values from the artefact."""
    return nn.Sequential(
        Standardise(30),
        nn.Linear(30, 128),
        nn.ReLU(),
        nn.Linear(128, 128),
        nn.ReLU(),
        nn.Linear(128, 2),
        nn.Softmax(dim=1),
    )
