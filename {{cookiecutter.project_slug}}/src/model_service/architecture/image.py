"""The network of the model: put your own here, with the code that it was trained with.

A state dict holds names and numbers only; here stand the layers that they belong to. A model that
brings its own code (`.pt2`, TorchScript) does not need `build`.
"""

from torch import nn

from ..model_card import TensorSpec

# The arguments of `forward` in order, and what it returns: a tensor, a tuple of them, or a dict by
# these names. -1 is any size; the first dimension is the batch.
INPUTS = (TensorSpec(name="image", dtype="float32", shape=(-1, 1, 28, 28)),)
OUTPUTS = (TensorSpec(name="probabilities", dtype="float32", shape=(-1, 10)),)


def build() -> nn.Sequential:
    """Return the network; its parameters get their values from the artefact."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(64 * 3 * 3, 32),
        nn.ReLU(),
        nn.Linear(32, 10),
        nn.Softmax(dim=1),
    )
