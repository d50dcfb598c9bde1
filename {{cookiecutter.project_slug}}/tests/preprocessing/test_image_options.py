"""What the card of an image model may say of its preprocessing, and what not."""

import pytest

from model_service.errors import InvalidModelCard
from model_service.model_card import convert
from model_service.preprocessing.image_options import ImageOptions


def test_nothing_said_means_pixels_as_they_are_stretched_to_a_size_to_be_given() -> None:
    options = convert({}, ImageOptions)
    assert (options.color, options.resize, options.size) == ("RGB", "stretch", ())
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
        ("dtype", "float32"),
    ],
)
def test_what_cannot_be_done_is_named(key: str, value: object) -> None:
    with pytest.raises(InvalidModelCard, match=key):
        convert({key: value}, ImageOptions, "preprocessing")
