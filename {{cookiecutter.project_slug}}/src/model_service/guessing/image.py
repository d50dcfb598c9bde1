"""Images: the shape has layout, size and channels, but not what training did to the values."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from ..errors import ImportRefused
from ..model_card import TensorSpec
from .base import Guess, arrays_only

if TYPE_CHECKING:  # it brings the runtime, which commands import when they are run
    from ..formats import Signature

COLOURS = {1: "L", 3: "RGB"}
MODES = ("stretch", "cover", "contain", "none")
COMMENTS = {
    "color": "L (grey) | RGB | BGR",
    "resize": "stretch | cover | contain | none",
    "size": "height and width after resizing",
    "filter": "nearest | box | bilinear (-no-antialias) | hamming | bicubic | lanczos",
    "jpeg_draft": "true: large JPEGs are decoded at a fraction of their size, faster",
    "crop": "height and width of the centre crop after resizing; [] for none",
    "scale": "multiplies the values 0..255",
    "mean": "one number a channel, subtracted after scaling; [] for none",
    "std": "one number a channel, divided by after the mean; [] for none",
    "layout": "NCHW (channels before height and width) | NHWC",
}


def number(text: str) -> float:
    """Return a number, or a fraction of two as in 1/255; raises ImportRefused."""
    try:
        return float(Fraction(text.strip()))
    except (ValueError, ZeroDivisionError, OverflowError):
        raise ImportRefused(f"{text!r} is no number, as 0.5 or 1/255 are.") from None


def numbers(text: str) -> tuple[float, ...]:
    """Return numbers with commas between them, one a channel; raises ImportRefused."""
    return tuple(number(one) for one in text.split(","))


def resizing(text: str) -> tuple[str, tuple[int, ...]]:
    """Return a way of resizing and the size after it, as in cover, cover:256, stretch:480x640.

    Without a size it is empty. Raises ImportRefused.
    """
    mode, colon, size = text.partition(":")
    sides = size.split("x") if colon else []
    if (
        mode not in MODES
        or len(sides) > 2
        or not all(re.fullmatch("[1-9][0-9]*", s) for s in sides)
    ):
        raise ImportRefused(
            f"{text!r} is no way to resize: give one of {', '.join(MODES)}, with a size as in"
            " cover:256 or stretch:480x640."
        )
    height, width = sides * 2 if len(sides) == 1 else sides or ("", "")
    return mode, (int(height), int(width)) if size else ()


OPTIONS = (
    click.Option(["--color"], type=click.Choice(["L", "RGB", "BGR"]), help="Order of channels."),
    click.Option(["--resize"], type=resizing, help=f"{', '.join(MODES)}; as in cover:256."),
    click.Option(["--scale"], type=number, help="Multiplies the values 0..255, as in 1/255."),
    click.Option(["--mean"], type=numbers, help="Subtracted, one number a channel, with commas."),
    click.Option(["--std"], type=numbers, help="Divided by, one number a channel, with commas."),
)


def guess(signature: "Signature", given: Mapping[str, Any]) -> Guess:
    """Return the preprocessing for a signature and what was `given` by OPTIONS.

    Raises ImportRefused if what was given does not fit the model.
    """
    if len(signature.inputs) > 1:
        return arrays_only(f"The model takes {len(signature.inputs)} inputs")
    (spec,) = signature.inputs
    layout = signature.preprocessing.get("layout") or _layout(spec)
    if layout is None or np.dtype(spec.dtype).kind not in "fiu":
        return arrays_only(f"The input {spec} is no image")
    channels, height, width = spec.shape[1:] if layout == "NCHW" else _turned(spec.shape[1:])
    color = given.get("color") or COLOURS.get(channels, "RGB")
    size, fit, crop, open_size = _fit((height, width), given)
    values, unsaid = _values(spec, channels if channels > 0 else len(color), given)
    section = {
        **{"color": color, "resize": fit, "size": size, "filter": "bilinear"},
        **{"jpeg_draft": False, "crop": crop},
        **values,
        "layout": layout,
    }
    told = given.get("color") or channels == 1
    order = {} if told else {"color": "The order of the channels: RGB is taken."}
    shape = " x ".join("any" if side < 0 else str(side) for side in (height, width))
    guessed = f"Images of {shape} pixels, {color}, laid out as {layout}, resized: {fit}."
    return Guess(
        section | dict(signature.preprocessing), COMMENTS, (guessed,), order | open_size | unsaid
    )


def _layout(spec: TensorSpec) -> str | None:
    """Return where a shape has 1 or 3 channels; channels of any number are taken to come first."""
    if len(spec.shape) != 4:
        return None
    first, last = spec.shape[1], spec.shape[3]
    if first in COLOURS:
        return "NCHW"
    if last in COLOURS:
        return "NHWC"
    return "NCHW" if first == -1 else None


def _turned(shape: tuple[int, ...]) -> tuple[int, ...]:
    return (shape[2], *shape[:2])


def _fit(
    model: tuple[int, int], given: Mapping[str, Any]
) -> tuple[tuple[int, ...], str, tuple[int, ...], dict[str, str]]:
    """Return the size after resizing, how, the crop, and what nobody said."""
    free = -1 in model
    mode, size = given.get("resize") or ("none" if free else "stretch", ())
    if mode == "none":
        unsaid = {"resize": "The size of the images: they are taken as they come."}
        return (), mode, (), unsaid if free and not given.get("resize") else {}
    if not size and free:
        raise ImportRefused(
            f"The model takes images of any size: say which, as in --resize {mode}:224."
        )
    crop = model if size and not free and size != model else ()
    return size or model, mode, crop, {}


def _values(
    spec: TensorSpec, channels: int, given: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return scale, mean and std, and what nobody said of them."""
    mean, std = (given.get(key) or () for key in ("mean", "std"))
    for key, values in (("mean", mean), ("std", std)):
        if values and len(values) != channels:
            raise ImportRefused(
                f"--{key} gives {len(values)} numbers, and the images have {channels} channels."
            )
    if any(value <= 0 for value in std):
        raise ImportRefused("--std holds a number that is not above 0.")
    of_bytes = np.dtype(spec.dtype).kind in "iu" or any(abs(value) > 1 for value in mean)
    scale = given.get("scale")
    said = scale is not None or of_bytes
    if scale is None:
        scale = 1.0 if of_bytes else 1 / 255
    unsaid = {}
    if not said:
        unsaid["scale"] = "The range of the values in training: 0 to 1 is taken."
    for key in ("mean", "std"):
        if not of_bytes and not given.get(key):
            unsaid[key] = f"The {key} of training: none is taken."
    return {"scale": scale, "mean": mean, "std": std}, unsaid
