"""What a starter model is: a trained network, its samples, and what its card says of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split
from torch import nn

Array = NDArray[Any]
Inputs = dict[str, Array]

SEED = 0
OUTPUT = "probabilities"


@dataclass(frozen=True)
class Samples:
    """Model inputs by name, with the samples in the first dimension, and their labels, int64."""

    inputs: Inputs
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

    def at(self, rows: Any) -> "Samples":
        """Return some samples: a slice of them, or those of these indices."""
        return Samples(rows_of(self.inputs, rows), self.labels[rows])

    def head(self, count: int) -> "Samples":
        """Return the first samples; after `split` they are in random order."""
        return self.at(slice(count))

    def split(self, held_out: int) -> tuple["Samples", "Samples"]:
        """Return samples to train with and `held_out` others, both with the labels' shares."""
        train, rest = train_test_split(
            np.arange(len(self)), test_size=held_out, stratify=self.labels, random_state=SEED
        )
        return self.at(train), self.at(rest)


def rows_of(inputs: Inputs, rows: Any) -> Inputs:
    """Return some rows of each input."""
    return {name: array[rows] for name, array in inputs.items()}


@dataclass(frozen=True)
class Starter:
    """A trained starter model.

    `build` returns the untrained network, which takes a batch of each of `train.inputs`, in their
    order, and gives probabilities, float32 [batch, labels]. Without the batch, an input has the
    shape of its samples, or that of `shapes`, where -1 is any size.
    `preprocessing` are the lines of that section of the card. `to_instances` turns rows of inputs
    into instances as clients send them, `to_file` one row into the bytes of an example file.
    `files` are further files of the model folder, by name.
    """

    name: str
    description: str
    license: str
    source: str
    labels: tuple[str, ...]
    preprocessing: str
    min_accuracy: float
    train: Samples
    held_out: Samples
    build: Callable[[], nn.Module]
    network: nn.Module
    to_instances: Callable[[Inputs], list[object]]
    to_file: Callable[[Inputs], bytes]
    file_suffix: str
    example_labels: tuple[str, ...]
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def input_shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of each input with its batch; -1 is any size."""
        inputs = self.train.inputs
        return {name: (-1, *self.shapes.get(name, inputs[name].shape[1:])) for name in inputs}

    @property
    def layers(self) -> list[nn.Module]:
        """The layers in order: the first takes all inputs, each other what the one before gives."""
        return [
            layer
            for child in self.network.children()
            for layer in (child if isinstance(child, nn.Sequential) else [child])
        ]


def probabilities(network: nn.Module, inputs: Inputs) -> Array:
    """Return what a network gives for inputs, float32 [samples, labels]."""
    with torch.inference_mode():
        return np.asarray(network(*map(torch.from_numpy, inputs.values())))
