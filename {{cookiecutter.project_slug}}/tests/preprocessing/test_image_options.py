"""What the card of an image model may say of its preprocessing, and what not."""

import numpy as np
import pytest

from model_service.errors import InvalidModelCard
from model_service.model_card import convert
from model_service.preprocessing.image_options import (
    ImageOptions,
    changes,
)


def test_nothing_said_means_pixels_as_they_are_stretched_to_a_size_to_be_given() -> None:
    options = convert({}, ImageOptions)
    assert (options.color, options.resize, options.size) == ("RGB", "stretch", ())
    assert not options.jpeg_draft
    assert (options.scale, options.mean, options.std) == (1.0, (), ())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("color", "GBR"),
        ("size", [28, 28, 3]),
        ("size", [0, 28]),
        ("crop", ["28", "28"]),
        ("filter", "Bilinear"),
        ("fill", -1),
        ("scale", "1/255"),
        ("std", [1.0, -1.0, 1.0]),
        ("jpeg_draft", 2),
        ("dtype", "float32"),
    ],
)
def test_what_cannot_be_done_is_named(key: str, value: object) -> None:
    with pytest.raises(InvalidModelCard, match=key):
        convert({key: value}, ImageOptions, "preprocessing")


@pytest.mark.parametrize(
    ("layout", "width", "shape"),
    [("NCHW", 5, (3, 1, 1)), ("NHWC", 5, (5, 3)), ("NHWC", -1, (1, 3))],
)
def test_values_are_scaled_then_lessened_then_divided(
    layout: str, width: int, shape: tuple[int, ...]
) -> None:
    numbers = {"scale": 0.5, "mean": [1.0, 2.0, 3.0], "std": [4.0, 5.0, 6.0]}
    steps = changes(convert({"layout": layout, **numbers}, ImageOptions), width)
    assert [change for change, _ in steps] == [np.multiply, np.subtract, np.divide]
    assert all(operand.dtype == np.float32 for _, operand in steps)
    assert steps[1][1].shape == steps[2][1].shape == shape
    assert steps[1][1].ravel()[:3].tolist() == numbers["mean"]


def test_what_the_card_does_not_ask_for_is_not_done() -> None:
    assert [change for change, _ in changes(convert({}, ImageOptions), 5)] == [np.multiply]
