"""The tensor starter: breast cancer, a small dense network on a table of 30 measured features."""

import json

import numpy as np
import torch
from model_service.architecture.tensor import Standardise, build
from sklearn.datasets import load_breast_cancer
from torch import Tensor, nn

from . import training
from .starter import Array, Inputs, Samples, Starter

INPUT = "features"
HELD_OUT = 143
NOISE = 0.2  # standard deviations of each feature

PREPROCESSING = """\
# The names of the last dimension, in the model's order; a client may send an object of them.
features = [
{features}
]
mean = []                     # subtracted: one number for all, or one a feature; [] for none
std = []                      # divided by after the mean, likewise; [] for none"""


def make() -> Starter:
    """Load the table, train the network, and return the starter."""
    table = load_breast_cancer()
    features = [str(name) for name in table.feature_names]
    inputs = {INPUT: table.data.astype(np.float32)}
    samples = Samples(inputs, table.target.astype(np.int64))
    train, held_out = samples.split(HELD_OUT)

    def named(row: Array) -> dict[str, float]:
        return dict(zip(features, _numbers(row), strict=True))

    def to_instances(rows: Inputs) -> list[object]:
        # Lists and named features are both proved by the golden examples.
        return [*map(_numbers, rows[INPUT][:3]), *map(named, rows[INPUT][3:])]

    def to_file(row: Inputs) -> bytes:
        return json.dumps({"instances": [named(row[INPUT])]}, indent=2).encode() + b"\n"

    return Starter(
        name="breast-cancer",
        description="Tells malignant from benign tumours by 30 features of the cell nuclei.",
        license="Weights: MIT. Data and examples (Breast Cancer Wisconsin): CC BY 4.0.",
        source="Breast Cancer Wisconsin (Diagnostic), W. Wolberg et al., UCI;"
        " the table in sklearn.datasets.load_breast_cancer().",
        labels=tuple(str(name) for name in table.target_names),
        preprocessing=PREPROCESSING.format(
            features="\n".join(f'    "{name}",' for name in features)
        ),
        min_accuracy=0.95,
        train=train,
        held_out=held_out,
        build=build,
        network=_train(train),
        to_instances=to_instances,
        to_file=to_file,
        file_suffix=".json",
        example_labels=("benign", "malignant"),
    )


def _train(samples: Samples) -> nn.Sequential:
    training.seed()
    network, features = build(), samples.inputs[INPUT]
    standardise = network[0]
    assert isinstance(standardise, Standardise)
    standardise.mean.copy_(torch.from_numpy(features.mean(axis=0)))
    standardise.std.copy_(torch.from_numpy(features.std(axis=0)))

    def augment(inputs: Tensor) -> tuple[Tensor]:
        noisy: Tensor = inputs + NOISE * standardise.std * torch.randn_like(inputs)
        return (noisy,)

    training.fit(
        network,
        network[:-1],
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
