"""The `[preprocessing]` section of the card of a model that takes numbers."""

from typing import Annotated

from msgspec import Meta

from ..errors import InvalidModelCard
from ..model_card import ModelCard, Section, convert


class TensorOptions(Section, frozen=True, kw_only=True):
    """Names of the last dimension, in the model's order, and what standardises its numbers.

    `mean` is subtracted, then `std` divides: one number for all, or one for each of the dimension.
    """

    features: tuple[str, ...] = ()
    mean: tuple[float, ...] = ()
    std: tuple[Annotated[float, Meta(gt=0)], ...] = ()


def read_options(card: ModelCard) -> TensorOptions:
    """Return the section; raises InvalidModelCard if it does not fit the model's inputs."""
    options = convert(card.preprocessing, TensorOptions, "preprocessing")
    spec, features = card.inputs[0], options.features
    count = len(set(features))
    if features and (len(card.inputs) > 1 or spec.shape[-1] not in (-1, len(features))):
        raise InvalidModelCard(
            f"[preprocessing] names {count} features, which needs a model of one input whose"
            f" last dimension is {count}."
        )
    if count < len(features):
        raise InvalidModelCard("[preprocessing] features names one twice.")
    for name, values in (("mean", options.mean), ("std", options.std)):
        if values and not (can_standardise(card) and len(values) in (1, spec.shape[-1])):
            raise InvalidModelCard(
                f"[preprocessing] {name} has {len(values)} numbers, which needs a model of one"
                " float input; it is one number for all, or one for each of the last dimension."
            )
    return options


def can_standardise(card: ModelCard) -> bool:
    """Return whether `mean` and `std` may be given: there is one input, and it is of floats."""
    return len(card.inputs) == 1 and card.inputs[0].dtype.startswith("float")
