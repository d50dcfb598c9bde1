"""What a starter model is: a trained network, its samples, and what its card says of it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split
from torch import nn

Array = NDArray[np.float32]

SEED = 0
OUTPUT = "probabilities"


@dataclass(frozen=True)
class Samples:
    """Model inputs, float32 with the samples in the first dimension, and their labels, int64."""

    inputs: Array
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

    def head(self, count: int) -> "Samples":
        """Return the first samples; after `split` they are in random order."""
        return Samples(self.inputs[:count], self.labels[:count])

    def split(self, held_out: int) -> tuple["Samples", "Samples"]:
        """Return samples to train with and `held_out` others, both with the labels' shares."""
        parts = train_test_split(
            self.inputs,
            self.labels,
            test_size=held_out,
            stratify=self.labels,
            random_state=SEED,
        )
        return Samples(parts[0], parts[2]), Samples(parts[1], parts[3])


@dataclass(frozen=True)
class Starter:
    """A trained starter model.

    `build` returns the untrained network, which takes a batch of `train.inputs` and gives
    probabilities, float32 [batch, labels].
    `preprocessing` are the lines of that section of the card. `to_instances` turns rows of inputs
    into instances as clients send them, `to_file` one row into the bytes of an example file.
    """

    name: str
    description: str
    license: str
    source: str
    input_name: str
    labels: tuple[str, ...]
    preprocessing: str
    min_accuracy: float
    train: Samples
    held_out: Samples
    build: Callable[[], nn.Sequential]
    network: nn.Sequential
    to_instances: Callable[[Array], list[object]]
    to_file: Callable[[Array], bytes]
    file_suffix: str
    example_labels: tuple[str, ...]
