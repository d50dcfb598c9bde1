"""JPEGs decoded at a fraction of their size: what the model gets is nearly what it got without."""

import io
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from PIL.JpegImagePlugin import JpegImageFile

from model_service.arrays import Array
from model_service.errors import InvalidInstance, InvalidModelCard
from model_service.preprocessing.image_options import SMOOTH, Filter
from model_service.preprocessing.image_reduced import SPARE, reduced

from .image_hostile import BROKEN, GIGANTIC
from .test_image import encode, halved, preprocessor

# Of 255: what one value, and all of an array, may differ by on average. Pictures with edges as
# sharp and colours as strong as these are rare; in photographs it is about a third.
LARGEST, MEAN = 40, 3
SIDES = st.integers(16, 500)
TARGETS = st.integers(8, 64)
WHOLE: dict[str, Any] = {"resize": "stretch", "size": [24, 32]}


def picture(width: int, height: int, seed: int = 0) -> Image.Image:
    """Return discs of all sizes and colours that lie over each other, as "dead leaves" do.

    Such a picture has edges and areas at every scale, as photographs have (Lee et al., 2001).
    """
    random = np.random.default_rng(seed)
    leaves = 400
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    radii = random.permutation(np.linspace((2 / max(width, height)) ** 2, 1 / 4, leaves) ** -0.5)
    colors = random.integers(0, 256, (leaves, 3)).tolist()
    centres = random.uniform((0, 0), (width, height), (leaves, 2))
    for radius, centre, color in zip(radii, centres, colors, strict=True):
        draw.ellipse((*(centre - radius), *(centre + radius)), fill=tuple(color))
    return image


def both(data: bytes, **options: Any) -> tuple[Array, Array]:
    """Return the arrays of a file that is decoded as a whole, and as small as may be."""
    whole, small = (preprocessor(**options, jpeg_draft=draft)(data)["x"] for draft in (False, True))
    return whole, small


@hypothesis_settings(deadline=None, max_examples=60, derandomize=True)
@given(
    sides=st.tuples(SIDES, SIDES),
    mode=st.sampled_from(["RGB", "L", "CMYK"]),
    progressive=st.booleans(),
    quality=st.sampled_from([75, 90, 100]),
    orientation=st.integers(1, 8),
    options=st.fixed_dictionaries(
        {
            "color": st.sampled_from(["L", "RGB", "BGR"]),
            "resize": st.sampled_from(["stretch", "cover", "contain"]),
            "size": st.tuples(TARGETS, TARGETS),
            "filter": st.sampled_from(SMOOTH),
        }
    ),
)
def test_the_array_is_nearly_that_of_the_whole_picture(
    sides: tuple[int, int],
    mode: str,
    progressive: bool,
    quality: int,
    orientation: int,
    options: dict[str, Any],
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    save = {"progressive": progressive, "quality": quality, "exif": exif}
    whole, small = both(encode(picture(*sides).convert(mode), "JPEG", **save), **options)
    assert small.shape == whole.shape
    assert small.dtype == whole.dtype
    assert np.abs(small - whole).max() <= LARGEST
    assert np.abs(small - whole).mean() <= MEAN


@given(sides=st.tuples(SIDES, SIDES), size=st.tuples(TARGETS, TARGETS))
@hypothesis_settings(deadline=None, max_examples=60)
def test_what_is_decoded_is_never_less_than_twice_what_the_resize_needs(
    sides: tuple[int, int], size: tuple[int, int]
) -> None:
    image = Image.open(io.BytesIO(encode(Image.new("RGB", sides), "JPEG")))
    assert isinstance(image, JpegImageFile)
    result = reduced(image, size, "RGB", "bilinear")
    assert all(
        decoded >= min(side, SPARE * wanted)
        for decoded, side, wanted in zip(image.size, sides, size, strict=True)
    )
    assert (result is image) == (image.size == sides)
    assert result is image or result.size == size


@pytest.mark.parametrize(
    ("sides", "decoded"),
    [
        ((511, 384), (511, 384)),
        ((512, 384), (256, 192)),
        ((1023, 768), (512, 384)),
        ((1024, 768), (256, 192)),
        ((2048, 1536), (256, 192)),
        ((2049, 4000), (257, 500)),
        ((9000, 300), (9000, 300)),
    ],
)
def test_the_size_of_what_is_decoded(sides: tuple[int, int], decoded: tuple[int, int]) -> None:
    image = Image.open(io.BytesIO(encode(Image.new("L", sides), "JPEG")))
    assert isinstance(image, JpegImageFile)
    reduced(image, (128, 96), "L", "bilinear")
    assert image.size == decoded


def test_a_picture_that_lies_on_its_side_is_not_decoded_too_small() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encode(picture(300, 900), "JPEG", exif=exif)
    whole, small = both(data, resize="stretch", size=[20, 200])
    assert whole.shape == (20, 200, 3)
    assert np.abs(small - whole).max() <= LARGEST


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "BMP", "GIF"])
def test_other_formats_are_what_they_were(kind: str) -> None:
    whole, small = both(encode(picture(300, 200), kind), **WHOLE)
    assert np.array_equal(whole, small)


def test_a_small_jpeg_is_what_it_was() -> None:
    whole, small = both(encode(picture(63, 95), "JPEG"), **WHOLE)
    assert np.array_equal(whole, small)


def test_without_the_key_every_picture_is_decoded_as_a_whole() -> None:
    data = encode(picture(300, 200), "JPEG")
    whole, small = both(data, **WHOLE)
    assert np.array_equal(preprocessor(**WHOLE)(data)["x"], whole)
    assert not np.array_equal(whole, small)


@pytest.mark.parametrize(
    "data",
    [*BROKEN.values(), *GIGANTIC.values(), halved(encode(picture(300, 200), "JPEG"))],
    ids=[*BROKEN, *GIGANTIC, "half of a JPEG"],
)
def test_what_is_refused_otherwise_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInstance):
        preprocessor(**WHOLE, jpeg_draft=True)(data)


@pytest.mark.parametrize(
    "options",
    [
        {"resize": "none"},
        *({**WHOLE, "filter": n} for n in get_args(Filter) if n not in SMOOTH),
    ],
)
def test_a_card_whose_resize_would_give_other_pixels_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidModelCard, match="jpeg_draft = true needs a resize"):
        preprocessor(**options, jpeg_draft=True)
