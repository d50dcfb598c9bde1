"""What is often mistaken about the numbers that a model was trained on."""

import math
from collections.abc import Iterator, Sequence

from ..model_card import ModelCard
from .base import Change, changing
from .tensor_options import TensorOptions, can_standardise, read_options


def confusions(card: ModelCard, instances: Sequence[object]) -> list[list[Change]]:
    """Return groups of changes; of a group at most one can be right."""
    options = read_options(card)
    standards = _standards(options) if can_standardise(card) else ()
    groups = (_orders(options, instances), standards)
    return [changing(group, options) for group in groups]


def _orders(options: TensorOptions, instances: Sequence[object]) -> Iterator[Change]:
    names = options.features
    for number, instance in enumerate(instances):
        if isinstance(instance, dict) and set(instance) == set(names):
            words = f"features in the order of golden example {number}"
            yield Change(words, {"features": tuple(instance)})
    yield Change("features in the order of the alphabet", {"features": tuple(sorted(names))})
    folded = tuple(sorted(names, key=str.lower))
    yield Change("features in the order of the alphabet, case ignored", {"features": folded})
    yield Change("features in the reverse order", {"features": names[::-1]})


def _standards(options: TensorOptions) -> Iterator[Change]:
    without = "not standardised: the numbers are so already, or the model does it"
    yield Change(without, {"mean": (), "std": ()})
    yield Change("no mean", {"mean": ()})
    yield Change("no std", {"std": ()})
    roots = tuple(math.sqrt(value) for value in options.std)
    yield Change("the numbers in std are variances", {"std": roots})
    yield Change("numbers from 0 to 1 for 0 to 255", {"mean": (), "std": (255.0,)})
    yield Change("numbers from -1 to 1 for 0 to 255", {"mean": (127.5,), "std": (127.5,)})
