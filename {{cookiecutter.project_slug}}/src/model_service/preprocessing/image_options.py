"""The `[preprocessing]` section of an image model's card."""

from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
from msgspec import Meta

from ..arrays import Array
from ..errors import InvalidModelCard
from ..model_card import ModelCard, Section, convert

NO_ANTIALIAS = "bilinear-no-antialias"
SMOOTH = ("bilinear", "hamming", "bicubic", "lanczos")  # filters that weigh all pixels

Filter = Literal[
    "nearest", "box", "bilinear", "hamming", "bicubic", "lanczos", "bilinear-no-antialias"
]
Size = Annotated[tuple[Annotated[int, Meta(ge=1)], ...], Meta(max_length=2)]


class ImageOptions(Section, frozen=True, kw_only=True):
    """What is done to every image; sizes are (height, width).

    With `jpeg_draft` a JPEG is decoded at a fraction of its size if that is resized still further.
    """

    color: Literal["L", "RGB", "BGR"] = "RGB"
    resize: Literal["stretch", "cover", "contain", "none"] = "stretch"
    size: Size = ()
    filter: Filter = "bilinear"
    jpeg_draft: bool = False
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
    if options.jpeg_draft and (options.resize == "none" or options.filter not in SMOOTH):
        raise InvalidModelCard(
            "[preprocessing] jpeg_draft = true needs a resize, with one of the filters"
            f" {', '.join(SMOOTH)}."
        )
    return options


def changes(options: ImageOptions, width: int) -> list[tuple[np.ufunc, Array]]:
    """Return what is done to the values of an image, in order, each with its float32 operand.

    Operands broadcast over images of the layout. Where channels are last they are short rows, in
    which NumPy is slow: there the values are repeated for a `width`, unless that is open (-1).
    """

    def per_channel(values: Sequence[float]) -> Array:
        channels = np.asarray(values, np.float32)
        if options.layout == "NCHW":
            return channels[:, np.newaxis, np.newaxis]
        return np.tile(channels, (max(1, width), 1))

    told = ((np.multiply, (options.scale,)), (np.subtract, options.mean), (np.divide, options.std))
    return [(change, per_channel(values)) for change, values in told if values]
