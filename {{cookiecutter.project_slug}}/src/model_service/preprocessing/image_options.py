"""The `[preprocessing]` section of an image model's card."""

from typing import Annotated, Literal

from msgspec import Meta

from ..errors import InvalidModelCard
from ..model_card import ModelCard, Section, convert

NO_ANTIALIAS = "bilinear-no-antialias"

Filter = Literal[
    "nearest", "box", "bilinear", "hamming", "bicubic", "lanczos", "bilinear-no-antialias"
]
Size = Annotated[tuple[Annotated[int, Meta(ge=1)], ...], Meta(max_length=2)]


class ImageOptions(Section, frozen=True, kw_only=True):
    """What is done to every image; sizes are (height, width)."""

    color: Literal["L", "RGB", "BGR"] = "RGB"
    resize: Literal["stretch", "cover", "contain", "none"] = "stretch"
    size: Size = ()
    filter: Filter = "bilinear"
    fill: Annotated[int, Meta(ge=0, le=255)] = 0
    crop: Size = ()
    scale: float = 1.0
    mean: tuple[float, ...] = ()
    std: tuple[Annotated[float, Meta(gt=0)], ...] = ()
    layout: Literal["NCHW", "NHWC"] = "NCHW"


def read_options(card: ModelCard) -> ImageOptions:
    """Return the section; raises InvalidModelCard if it does not fit the model's input."""
    options = convert(card.preprocessing, ImageOptions, "preprocessing")
    channels = 1 if options.color == "L" else 3
    per_channel = [values for values in (options.mean, options.std) if values]
    if len(card.inputs) != 1 or len(card.inputs[0].shape) != 4:
        raise InvalidModelCard("An image model needs one input of four dimensions.")
    if options.resize != "none" and len(options.size) != 2:
        raise InvalidModelCard("[preprocessing] size must be [height, width].")
    if len(options.crop) == 1 or any(len(values) != channels for values in per_channel):
        raise InvalidModelCard(
            f"[preprocessing] crop needs height and width, mean and std {channels} numbers."
        )
    return options
