"""What is often mistaken about the images that a model was trained on.

The groups stand in the order in which they depend on each other: with another layout the model has
another size, with another order of the colours another mean.
"""

from collections.abc import Iterator, Sequence
from typing import get_args

from ..model_card import ModelCard, convert
from .base import Change, changing
from .image_options import SMOOTH, Filter, ImageOptions

ORDERS = {"RGB": "red, green, blue", "BGR": "blue, green, red"}
FILLS = {0: "black", 114: "grey (114)", 128: "grey (128)", 255: "white"}
CROPPED = 0.875  # of the resized image: 224 of 256, as in torchvision
TO_ONE = 1 / 255
# Words, scale, mean and std, in the order red, green, blue; one number is that of every channel.
VALUES = (
    ("values from 0 to 255", 1.0, (), ()),
    ("values from 0 to 1", TO_ONE, (), ()),
    ("values from -1 to 1", 1 / 127.5, (1.0,), ()),
    ("values about from -1 to 1: 127 off, then a 128th", 1.0, (127.0,), (128.0,)),
    ("values about from -1 to 1: 127.5 off, then a 128th", 1.0, (127.5,), (128.0,)),
    ("values from 0 to 1, black and white swapped", -TO_ONE, (-1.0,), ()),
    ("values from 0 to 255, black and white swapped", -1.0, (-255.0,), ()),
    ("ImageNet's mean and std", TO_ONE, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    ("ImageNet's mean off values from 0 to 255", 1.0, (123.68, 116.779, 103.939), ()),
    (
        "CLIP's mean and std",
        TO_ONE,
        (0.48145466, 0.4578275, 0.40821073),
        (0.26862954, 0.26130258, 0.27577711),
    ),
    ("MNIST's mean and std", TO_ONE, (0.1307,), (0.3081,)),
)


def confusions(card: ModelCard, instances: Sequence[object]) -> list[list[Change]]:
    """Return groups of changes; of a group at most one can be right."""
    options = convert(card.preprocessing, ImageOptions, "preprocessing")
    groups = (
        _layouts(),
        _colours(options),
        _geometries(options, card.inputs[0].shape[1:]),
        (Change("JPEGs decoded at their full size", {"jpeg_draft": False}),),
        _filters(),
        _values(options),
    )
    return [changing(group, options) for group in groups]


def _layouts() -> Iterator[Change]:
    yield Change("channels before height and width", {"layout": "NCHW"})
    yield Change("channels after height and width", {"layout": "NHWC"})


def _colours(options: ImageOptions) -> Iterator[Change]:
    turned = {"mean": options.mean[::-1], "std": options.std[::-1]}
    for color, words in ORDERS.items():
        yield Change(f"colours in the order {words}", {"color": color})
        if options.color in ORDERS:
            also = f"colours in the order {words}, with mean and std in that order"
            yield Change(also, {"color": color, **turned})
    if options.color in ORDERS:
        yield Change("mean and std in the other order of the colours", turned)


def _geometries(options: ImageOptions, shape: tuple[int, ...]) -> Iterator[Change]:
    sides = shape[1:] if options.layout == "NCHW" else shape[:2]
    size = sides if -1 not in sides else options.crop or options.size
    if len(size) != 2:
        return
    whole = {"size": size, "crop": ()}
    larger = tuple(round(side / CROPPED) for side in size)
    named = f"{size[0]} x {size[1]}"
    yield Change(f"stretched to {named}", {"resize": "stretch", **whole})
    for covered in (size, larger):
        words = f"resized to cover {covered[0]} x {covered[1]}, then the middle {named} cut out"
        yield Change(words, {"resize": "cover", "size": covered, "crop": size})
    words = f"stretched to {larger[0]} x {larger[1]}, then the middle {named} cut out"
    yield Change(words, {"resize": "stretch", "size": larger, "crop": size})
    for fill, name in FILLS.items():
        words = f"resized to fit into {named}, the rest {name}"
        yield Change(words, {"resize": "contain", "fill": fill, **whole})
    words = f"not resized, the middle {named} cut out"
    yield Change(words, {"resize": "none", "crop": size, "jpeg_draft": False})


def _filters() -> Iterator[Change]:
    for name in get_args(Filter):
        whole = {"jpeg_draft": False} if name not in SMOOTH else {}
        yield Change(f"resized with the filter {name}", {"filter": name, **whole})


def _values(options: ImageOptions) -> Iterator[Change]:
    channels = 1 if options.color == "L" else 3
    turn = -1 if options.color == "BGR" else 1
    for words, scale, *numbers in VALUES:
        mean, std = (part * channels if len(part) == 1 else part[::turn] for part in numbers)
        if {len(mean), len(std)} <= {0, channels}:
            yield Change(words, {"scale": scale, "mean": mean, "std": std})
    for scale, words in ((1.0, "not scaled"), (TO_ONE, "scaled by 1/255")):
        yield Change(f"{words} before mean and std", {"scale": scale})
    yield Change("no mean and no std", {"mean": (), "std": ()})
    yield Change("no std", {"std": ()})
