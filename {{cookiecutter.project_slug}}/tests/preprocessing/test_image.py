"""Images of every format, mode and turn become the array that the card asks for, or are refused."""

import base64
import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from model_service.arrays import Array
from model_service.errors import InvalidInstance
from model_service.preprocessing.image import FORMATS, Preprocessor
from model_service.settings import Settings

from ..cards import card

# Ten colours in an asymmetric order, 5 wide and 2 high: every turn of it is another picture.
PICTURE = np.arange(30, dtype=np.uint8).reshape(2, 5, 3) * 8
DOT = (10, 20, 30)


def spec(dtype: str = "float32", *shape: int) -> dict[str, Any]:
    """Return the input of an image model; without a shape of any size."""
    return {"name": "x", "dtype": dtype, "shape": [-1, *(shape or (-1, -1, -1))]}


def preprocessor(dtype: str = "float32", **options: object) -> Preprocessor:
    """Return a preprocessor that changes nothing but what the options ask for."""
    options = {"resize": "none", "layout": "NHWC"} | options
    return Preprocessor(card(inputs=[spec(dtype)], preprocessing=options), Settings())


def encode(image: Image.Image | NDArray[Any], kind: str = "PNG", **save: Any) -> bytes:
    """Return the bytes of an image file."""
    file = io.BytesIO()
    whole = image if isinstance(image, Image.Image) else Image.fromarray(image)
    whole.save(file, kind, **save)
    return file.getvalue()


def become(image: Image.Image | NDArray[Any], **options: Any) -> Array:
    """Return the array of an image under the options of a card."""
    return preprocessor(**options)(encode(image))["x"]


def header(width: int, height: int) -> bytes:
    """Return a PNG file that claims a size and holds no pixel."""
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def halved(data: bytes) -> bytes:
    """Return the first half of a file."""
    return data[: len(data) // 2]


@pytest.mark.parametrize(
    ("kind", "save", "tolerance"),
    [
        ("PNG", {}, 0),
        ("BMP", {}, 0),
        ("GIF", {}, 0),
        ("WEBP", {"lossless": True}, 0),
        ("JPEG", {"quality": 100, "subsampling": 0}, 6),
    ],
)
def test_every_format_gives_the_same_pixels(
    kind: str, save: dict[str, Any], tolerance: int
) -> None:
    array = preprocessor()(encode(PICTURE, kind, **save))["x"]
    assert array.dtype == np.float32
    assert array.shape == (2, 5, 3)
    assert np.abs(array - PICTURE).max() <= tolerance


def test_of_an_animation_the_first_frame_is_taken() -> None:
    frames = [Image.new("RGB", (1, 1), color) for color in (DOT, (200, 100, 0))]
    data = encode(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert preprocessor()(data)["x"].ravel().tolist() == [*DOT]


@pytest.mark.parametrize(
    ("orientation", "stored"),
    [
        (1, PICTURE),
        (2, PICTURE[:, ::-1]),
        (3, PICTURE[::-1, ::-1]),
        (4, PICTURE[::-1]),
        (5, PICTURE.swapaxes(0, 1)),
        (6, np.rot90(PICTURE)),
        (7, PICTURE[::-1, ::-1].swapaxes(0, 1)),
        (8, np.rot90(PICTURE, -1)),
    ],
)
def test_a_picture_that_a_camera_stored_turned_is_upright(
    orientation: int, stored: NDArray[Any]
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    turned = encode(np.ascontiguousarray(stored), exif=exif)
    assert np.array_equal(preprocessor()(turned)["x"], PICTURE)


@pytest.mark.parametrize(
    ("image", "kind", "rgb"),
    [
        (Image.new("L", (1, 1), 100), "PNG", (100, 100, 100)),
        (Image.new("LA", (1, 1), (100, 0)), "PNG", (100, 100, 100)),
        (Image.new("RGBA", (1, 1), (*DOT, 0)), "PNG", DOT),
        (Image.new("RGB", (1, 1), DOT).quantize(2), "PNG", DOT),
        (Image.new("1", (1, 1), 1), "PNG", (255, 255, 255)),
        (Image.fromarray(np.array([[0x80FF]], np.uint16)), "PNG", (0x80, 0x80, 0x80)),
        (Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG", (255, 0, 0)),
    ],
    ids=["L", "LA", "RGBA", "P", "1", "I;16", "CMYK"],
)
def test_every_mode_becomes_colour(image: Image.Image, kind: str, rgb: tuple[int, ...]) -> None:
    pixel = preprocessor()(encode(image, kind))["x"][0, 0]
    assert np.abs(pixel - rgb).max() <= (2 if kind == "JPEG" else 0)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"not an image",
        b"<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>",
        b"8BPS\x00\x01" + 20 * b"\x00",
        encode(PICTURE, "TIFF"),
        encode(PICTURE, "ICO"),
        encode(PICTURE, "PPM"),
        header(2, 2),
        header(0, 2),
        *(halved(encode(PICTURE, kind)) for kind in FORMATS),
    ],
)
def test_what_is_no_whole_image_of_a_format_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInstance, match="JPEG, PNG"):
        preprocessor()(data)


@pytest.mark.parametrize("size", [(5001, 5000), (10_000, 10_000), (60_000, 60_000)])
def test_too_many_pixels_are_refused_by_the_header_alone(size: tuple[int, int]) -> None:
    with pytest.raises(InvalidInstance, match="pixels"):
        preprocessor()(header(*size))


def test_the_most_pixels_are_those_of_the_settings() -> None:
    ten = Preprocessor(
        card(inputs=[spec()], preprocessing={"resize": "none"}), Settings(max_image_pixels=10)
    )
    assert ten(encode(PICTURE))["x"].shape == (3, 2, 5)
    with pytest.raises(InvalidInstance, match="more than the 10 pixels"):
        ten(encode(np.zeros((1, 11, 3), np.uint8)))


def test_base64_may_be_bare_in_an_object_or_wrapped() -> None:
    data = encode(PICTURE)
    text, wrapped = base64.b64encode(data).decode(), base64.encodebytes(data).decode()
    for instance in (text, wrapped, {"b64": text}, {"b64": wrapped}):
        assert np.array_equal(preprocessor()(instance)["x"], PICTURE)


@pytest.mark.parametrize(
    ("instance", "word"),
    [
        ("", "cannot be read"),
        ("aGVsbG8=", "cannot be read"),
        ("abc", "base64"),
        ("aGVs_bG8=", "base64"),
        ("\ud800", "base64"),
        ("data:image/png;base64,iVBORw0KGgo=", "base64"),
        ({"b64": "é"}, "base64"),
        ({"b64": 1}, "base64"),
        ({"b64": None}, "base64"),
        ({"b64": "", "name": "a.png"}, "base64"),
        ({"data": "aGVsbG8="}, "base64"),
        ({}, "base64"),
        ([[0, 0], [0, 0]], "base64"),
        (None, "base64"),
        (7, "base64"),
        (True, "base64"),
    ],
)
def test_what_is_no_image_in_json_is_refused(instance: object, word: str) -> None:
    with pytest.raises(InvalidInstance, match=word):
        preprocessor()(instance)
