"""The tensor starter: breast cancer, a small dense network on a table of 30 measured features."""

import json

import numpy as np
import torch
from sklearn.datasets import load_breast_cancer
from torch import Tensor, nn

from . import training
from .starter import Array, Samples, Starter

HELD_OUT = 143
NOISE = 0.2  # standard deviations of each feature

PREPROCESSING = """\
# The names of the last dimension, in the model's order; a client may send an object of them.
features = [
{features}
]"""


class Standardise(nn.Module):
    """Raw features -> features of mean 0 and deviation 1, as measured on the training samples."""

    mean: Tensor
    std: Tensor

    def __init__(self, inputs: Array) -> None:
        super().__init__()
        self.register_buffer("mean", torch.from_numpy(inputs.mean(axis=0)))
        self.register_buffer("std", torch.from_numpy(inputs.std(axis=0)))

    def forward(self, inputs: Tensor) -> Tensor:
        return (inputs - self.mean) / self.std


def make() -> Starter:
    """Load the table, train the network, and return the starter."""
    table = load_breast_cancer()
    features = [str(name) for name in table.feature_names]
    samples = Samples(table.data.astype(np.float32), table.target.astype(np.int64))
    train, held_out = samples.split(HELD_OUT)

    def named(row: Array) -> dict[str, float]:
        return dict(zip(features, _numbers(row), strict=True))

    return Starter(
        name="breast-cancer",
        description="Tells malignant from benign tumours by 30 features of the cell nuclei.",
        license="Weights: MIT. Data and examples (Breast Cancer Wisconsin): CC BY 4.0.",
        source="Breast Cancer Wisconsin (Diagnostic), W. Wolberg et al., UCI;"
        " the table in sklearn.datasets.load_breast_cancer().",
        input_name="features",
        labels=tuple(str(name) for name in table.target_names),
        preprocessing=PREPROCESSING.format(
            features="\n".join(f'    "{name}",' for name in features)
        ),
        min_accuracy=0.95,
        train=train,
        held_out=held_out,
        network=_train(train),
        # Lists and named features are both proved by the golden examples.
        to_instances=lambda rows: [*map(_numbers, rows[:3]), *map(named, rows[3:])],
        to_file=lambda row: json.dumps({"instances": [named(row)]}, indent=2).encode() + b"\n",
        file_suffix=".json",
        example_labels=("benign", "malignant"),
    )


def _train(samples: Samples) -> nn.Sequential:
    training.seed()
    standardise = Standardise(samples.inputs)

    def augment(inputs: Tensor) -> Tensor:
        noisy: Tensor = inputs + NOISE * standardise.std * torch.randn_like(inputs)
        return noisy

    network = nn.Sequential(
        standardise,
        nn.Linear(30, 128),
        nn.ReLU(),
        nn.Linear(128, 128),
        nn.ReLU(),
        nn.Linear(128, 2),
        nn.Softmax(dim=1),
    )
    training.fit(
        network,
        samples,
        augment,
        epochs=60,
        batch_size=32,
        learning_rate=2e-3,
        weight_decay=0.1,
    )
    return network


def _numbers(row: Array) -> list[float]:
    """Return the shortest numbers that are these float32 values: 17.99, not 17.98999977."""
    return [float(str(value)) for value in row]
