"""The networks that are measured: random weights, but the statistics that real ones would have."""

from itertools import pairwise

import torch
from torch import Tensor, nn

from .samples import samples

CLASSES = 10
SEED = 0
ROWS_FOR_STATISTICS = 64


class Block(nn.Module):
    """Two convolutions beside a shortcut: the block of ResNet18 (He et al., 2015)."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *_convolution(inputs, outputs, 3, stride),
            nn.ReLU(),
            *_convolution(outputs, outputs, 3, 1),
        )
        projected = nn.Sequential(*_convolution(inputs, outputs, 1, stride))
        self.shortcut = projected if stride > 1 else nn.Identity()
        self.relu = nn.ReLU()

    def forward(self, value: Tensor) -> Tensor:
        result: Tensor = self.relu(self.body(value) + self.shortcut(value))
        return result


def build(model: str, width: int) -> nn.Module:
    """Return the network of a model, untrained; `width` is the number of features at its start.

    It takes float32 [rows, *shape], see `SHAPES`, and gives logits, float32 [rows, 10].
    """
    return {"mlp": _mlp, "cnn": _resnet18}[model](width)


def make(model: str, width: int) -> nn.Module:
    """Return the network of a model, the same in every process, ready to predict."""
    torch.manual_seed(SEED)
    network = build(model, width)
    with torch.no_grad():  # in training mode a run measures what batch normalisation needs
        network(torch.from_numpy(samples(model, ROWS_FOR_STATISTICS, SEED)))
    return network.eval().requires_grad_(False)


def _mlp(width: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(784, width),
        nn.ReLU(),
        nn.Linear(width, width),
        nn.ReLU(),
        nn.Linear(width, CLASSES),
    )


def _resnet18(width: int) -> nn.Sequential:
    stages = pairwise((width, width, 2 * width, 4 * width, 8 * width))
    blocks = [
        block
        for inputs, outputs in stages
        for block in (
            Block(inputs, outputs, stride=1 if inputs == outputs else 2),
            Block(outputs, outputs, stride=1),
        )
    ]
    return nn.Sequential(
        *_convolution(3, width, 7, 2),
        nn.ReLU(),
        nn.MaxPool2d(3, 2, 1),
        *blocks,
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(8 * width, CLASSES),
    )


def _convolution(inputs: int, outputs: int, kernel: int, stride: int) -> tuple[nn.Module, ...]:
    """Return a convolution with the normalisation that follows it; the first takes no bias."""
    return (
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(outputs, momentum=None),  # None: plain averages over all that was seen
    )
