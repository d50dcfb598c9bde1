"""Images: what the shape tells is taken from it, and what it does not tell is named."""

from typing import Any

import pytest

from model_service.errors import ImportRefused
from model_service.formats import Signature
from model_service.guessing.image import guess, number, numbers, resizing
from model_service.model_card import TensorSpec

from ..cards import card

Shape = tuple[int, ...]


def signature(*shapes: Shape, dtype: str = "float32", **told: Any) -> Signature:
    """Return the signature of a model with inputs of these shapes."""
    inputs = [TensorSpec(name=f"x{i}", dtype=dtype, shape=s) for i, s in enumerate(shapes)]
    outputs = (TensorSpec(name="y", dtype="float32", shape=(-1, 2)),)
    return Signature(tuple(inputs), outputs, preprocessing=told)


def section(shape: Shape, dtype: str = "float32", **given: Any) -> dict[str, Any]:
    """Return the guessed section of a card, which an image model's card takes."""
    found = guess(signature(shape, dtype=dtype), given)
    assert found.native
    inputs = [{"name": "x0", "dtype": dtype, "shape": shape}]
    assert card(preprocessing=dict(found.preprocessing), inputs=inputs)
    return dict(found.preprocessing)


@pytest.mark.parametrize(
    ("shape", "color", "layout", "size"),
    [
        ((-1, 3, 224, 200), "RGB", "NCHW", (224, 200)),
        ((1, 224, 200, 3), "RGB", "NHWC", (224, 200)),
        ((-1, 1, 28, 28), "L", "NCHW", (28, 28)),
        ((-1, 28, 28, 1), "L", "NHWC", (28, 28)),
        ((-1, 3, -1, -1), "RGB", "NCHW", ()),
        ((-1, -1, -1, 3), "RGB", "NHWC", ()),
        ((-1, -1, -1, -1), "RGB", "NCHW", ()),
        ((-1, 3, 3, 3), "RGB", "NCHW", (3, 3)),
    ],
)
def test_channels_layout_and_size_stand_in_the_shape(
    shape: Shape, color: str, layout: str, size: Shape
) -> None:
    found = section(shape)
    assert (found["color"], found["layout"], found["size"]) == (color, layout, size)
    assert found["resize"] == ("stretch" if size else "none")


def test_a_layout_that_the_file_states_is_taken() -> None:
    found = guess(signature((-1, -1, -1, -1), layout="NHWC"), {})
    assert found.preprocessing["layout"] == "NHWC"


def test_the_values_of_training_are_named_as_unknown() -> None:
    found = guess(signature((-1, 3, -1, -1)), {})
    assert list(found.unknown) == ["color", "resize", "scale", "mean", "std"]
    assert found.preprocessing["scale"] == 1 / 255
    values = {"scale": 1.0, "mean": (0.5,) * 3, "std": (0.2,) * 3}
    given = {"color": "BGR", "resize": ("stretch", (8, 8)), **values}
    assert not guess(signature((-1, 3, -1, -1)), given).unknown
    assert "color" not in guess(signature((-1, 1, 8, 8)), {}).unknown


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int32"])
def test_whole_numbers_are_the_bytes_themselves(dtype: str) -> None:
    assert section((-1, 8, 8, 3), dtype)["scale"] == 1
    assert set(guess(signature((-1, 8, 8, 3), dtype=dtype), {}).unknown) == {"color"}


def test_a_mean_beyond_1_is_one_of_bytes() -> None:
    assert section((-1, 3, 8, 8), mean=(123.7, 116.3, 103.5))["scale"] == 1
    assert section((-1, 3, 8, 8), mean=(123.7, 116.3, 103.5), scale=0.5)["scale"] == 0.5


def test_a_size_larger_than_the_models_is_cropped() -> None:
    found = section((-1, 3, 224, 224), resize=("cover", (256, 256)), color="BGR")
    assert (found["resize"], found["size"], found["crop"]) == ("cover", (256, 256), (224, 224))
    assert found["color"] == "BGR"
    open_ = section((-1, 3, -1, -1), resize=("stretch", (480, 640)))
    assert (open_["size"], open_["crop"]) == ((480, 640), ())


@pytest.mark.parametrize("shape", [(-1, 3, 224, 224), (-1, 3, -1, -1)])
def test_jpegs_are_decoded_as_a_whole_until_the_owner_says_otherwise(shape: Shape) -> None:
    assert section(shape)["jpeg_draft"] is False


@pytest.mark.parametrize(
    ("found", "word"),
    [
        (signature((-1, 3, 8, 8), (-1, 2)), "2 inputs"),
        (signature((-1, 10)), "no image"),
        (signature((-1, 4, 8, 8)), "no image"),
        (signature((-1, 8, 8, 5)), "no image"),
        (signature((-1, 3, 8, 8), dtype="object"), "no image"),
        (signature((1,)), "no image"),
    ],
)
def test_what_is_no_image_is_left_to_arrays(found: Signature, word: str) -> None:
    guessed = guess(found, {})
    assert not guessed.native
    assert not guessed.preprocessing
    assert word in guessed.guessed[0]
    assert "/v2" in guessed.guessed[0]


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"mean": (1.0,)}, "--mean gives 1 numbers.*3 channels"),
        ({"std": (1.0, 2.0)}, "--std gives 2"),
        ({"std": (1.0, 0.0, 1.0)}, "not above 0"),
        ({"resize": ("cover", ())}, "cover:224"),
    ],
)
def test_what_does_not_fit_is_refused(given: dict[str, Any], word: str) -> None:
    with pytest.raises(ImportRefused, match=word):
        guess(signature((-1, 3, -1, -1)), given)


@pytest.mark.parametrize(("text", "value"), [("1/255", 1 / 255), (" 0.5", 0.5), ("-2e3", -2000.0)])
def test_a_number_may_be_a_fraction(text: str, value: float) -> None:
    assert number(text) == value
    assert numbers(f"1,{text}") == (1, value)


@pytest.mark.parametrize("text", ["", "half", "1/0", "inf", "nan", "1,2", "1e999"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ImportRefused, match="no number"):
        number(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("none", ("none", ())),
        ("cover", ("cover", ())),
        ("cover:256", ("cover", (256, 256))),
        ("stretch:480x640", ("stretch", (480, 640))),
    ],
)
def test_a_way_to_resize_may_have_a_size(text: str, value: tuple[str, Shape]) -> None:
    assert resizing(text) == value


@pytest.mark.parametrize(
    "text", ["", "crop", "cover:", "cover:0", "cover:1x2x3", "cover:-1", "256"]
)
def test_what_is_no_way_to_resize_is_refused(text: str) -> None:
    with pytest.raises(ImportRefused, match="no way to resize"):
        resizing(text)
