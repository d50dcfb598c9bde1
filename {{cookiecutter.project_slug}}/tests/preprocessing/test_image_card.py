"""What the card says is done to every image, in its order; what it cannot say is refused."""

from typing import Any

import numpy as np
import pytest
from PIL import Image

from model_service.errors import InvalidInstance, InvalidModelCard
from model_service.preprocessing.image import Preprocessor
from model_service.settings import Settings

from ..cards import card
from .test_image import DOT, PICTURE, become, encode, preprocessor, spec


@pytest.mark.parametrize(
    ("options", "pixel"),
    [
        ({}, [10, 20, 30]),
        ({"color": "BGR"}, [30, 20, 10]),
        ({"color": "L"}, [18]),
        ({"scale": 0.5}, [5, 10, 15]),
        ({"scale": 0.1, "mean": [1, 0, 1]}, [0, 2, 2]),
        ({"mean": [0, 10, 20], "std": [10, 5, 4]}, [1, 2, 2.5]),
        ({"color": "BGR", "mean": [30, 0, 0]}, [0, 20, 10]),
        ({"color": "L", "mean": [8], "std": [5]}, [2]),
        ({"dtype": "uint8", "scale": 12.0}, [120, 240, 255]),
        ({"dtype": "int8", "mean": [0, 300, 0]}, [10, -128, 30]),
        ({"dtype": "int32", "scale": 0.06}, [1, 1, 2]),
        ({"dtype": "float16", "scale": 0.5}, [5, 10, 15]),
    ],
)
def test_values_are_scaled_and_cast_as_the_card_says(
    options: dict[str, Any], pixel: list[float]
) -> None:
    array = become(Image.new("RGB", (1, 1), DOT), **options)
    assert array.dtype == options.get("dtype", "float32")
    assert array.ravel().tolist() == pytest.approx(pixel)


def test_channels_stand_first_or_last() -> None:
    assert np.array_equal(become(PICTURE, layout="NCHW"), PICTURE.transpose(2, 0, 1))
    assert become(PICTURE, layout="NCHW", color="L").shape == (1, 2, 5)


@pytest.mark.parametrize(
    ("options", "columns"),
    [
        ({"resize": "stretch", "size": [1, 4]}, [0, 1, 2, 3]),
        ({"resize": "stretch", "size": [1, 2]}, [1, 3]),
        ({"resize": "cover", "size": [1, 2]}, [0, 1, 2, 3]),
        ({"resize": "contain", "size": [1, 2]}, [1, 3]),
        ({"resize": "contain", "size": [1, 6], "fill": 9}, [9, 0, 1, 2, 3, 9]),
        ({"crop": [1, 2]}, [1, 2]),
        ({"crop": [1, 6], "fill": 9}, [9, 0, 1, 2, 3, 9]),
        ({"resize": "cover", "size": [1, 1], "crop": [1, 2]}, [1, 2]),
    ],
)
def test_a_row_of_four_pixels_is_fitted(options: dict[str, Any], columns: list[int]) -> None:
    row = np.arange(4, dtype=np.uint8)[None]
    array = become(row, color="L", **{"filter": "nearest"} | options)
    assert array.ravel().tolist() == columns


@pytest.mark.parametrize("side", [49, 55, 64])
@pytest.mark.parametrize("resize", ["cover", "contain"])
@pytest.mark.parametrize("target", [28, 256])
def test_a_square_fills_a_square_to_the_last_pixel(resize: str, target: int, side: int) -> None:
    white = np.full((side, side), 255, np.uint8)
    array = become(white, color="L", resize=resize, size=[target, target])
    assert array.shape == (target, target, 1)
    assert array.min() == 255


@pytest.mark.parametrize("name", ["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"])
def test_every_filter_is_the_one_of_its_name(name: str) -> None:
    array = become(PICTURE, resize="stretch", size=[3, 4], filter=name)
    wanted = Image.fromarray(PICTURE).resize((4, 3), Image.Resampling[name.upper()])
    assert np.array_equal(array, np.asarray(wanted))


def test_an_image_that_does_not_fit_the_model_is_told_with_both_shapes() -> None:
    fixed = card(inputs=[spec("float32", 3, 2, 4)], preprocessing={"resize": "none"})
    with pytest.raises(InvalidInstance, match=r"\[3, 2, 5\] and the model takes \[3, 2, 4\]"):
        Preprocessor(fixed, Settings())(encode(PICTURE))


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"resize": "stretch"}, "size"),
        ({"resize": "stretch", "size": [28]}, "size"),
        ({"resize": "stretch", "size": [28, 28, 3]}, "size"),
        ({"resize": "stretch", "size": [0, 28]}, "size"),
        ({"resize": "fit"}, "resize"),
        ({"crop": [28]}, "crop"),
        ({"crop": [-1, 28]}, "crop"),
        ({"mean": [0.5]}, "mean"),
        ({"color": "L", "std": [1, 1, 1]}, "std"),
        ({"std": [1, 0, 1]}, "std"),
        ({"fill": 256}, "fill"),
        ({"filter": "cubic"}, "filter"),
        ({"layout": "CHW"}, "layout"),
        ({"colour": "RGB"}, "colour"),
    ],
)
def test_a_card_that_cannot_be_followed_is_refused(options: dict[str, Any], word: str) -> None:
    with pytest.raises(InvalidModelCard, match=word):
        preprocessor(**options)


@pytest.mark.parametrize("inputs", [[spec(), spec()], [spec("float32", 3, 5)]])
def test_a_model_that_takes_no_image_is_refused(inputs: list[dict[str, Any]]) -> None:
    with pytest.raises(InvalidModelCard, match="one input of four dimensions"):
        Preprocessor(card(inputs=inputs, preprocessing={"resize": "none"}), Settings())
