"""The `[preprocessing]` section of an image model's card."""

from typing import Annotated, Literal

from msgspec import Meta

from ..model_card import Section

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
