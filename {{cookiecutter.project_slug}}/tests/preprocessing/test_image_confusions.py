"""What is often mistaken about images is found, and the card's lines that cure it are told."""

from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from PIL import Image

from model_service.preprocessing import image
from model_service.preprocessing.image_confusions import confusions
from model_service.preprocessing.image_options import Filter
from model_service.settings import Settings

from ..cards import card
from .mistakes import cure, told
from .test_image import encode, spec

SIZE = (20, 24)
ONE = 1 / 255
IMAGENET = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
TRAINED = {"resize": "stretch", "size": list(SIZE), "scale": ONE, **IMAGENET}
NOISE = np.random.default_rng(7)


def photo() -> bytes:
    """Return a picture of another size, its colours unlike, with edges and soft parts."""
    coarse = Image.fromarray(NOISE.integers(0, 256, (6, 7, 3), dtype=np.uint8))
    return encode(coarse.resize((67, 45), Image.Resampling.BICUBIC))


PHOTOS = [photo() for _ in range(3)]


def tell(
    folder: Path, trained: dict[str, Any], served: dict[str, Any], photos: list[bytes] = PHOTOS
) -> str:
    """Return what is told if both differ from the usual preprocessing by these keys."""
    return told(folder, image, (3, *SIZE), photos, TRAINED | trained, TRAINED | served)


@pytest.mark.parametrize(
    ("trained", "served"),
    [
        ({"color": "BGR"}, {"color": "RGB"}),
        ({"color": "RGB"}, {"color": "BGR"}),
        (
            {"color": "BGR", "mean": IMAGENET["mean"][::-1], "std": IMAGENET["std"][::-1]},
            {"color": "RGB", **IMAGENET},
        ),
        ({"mean": IMAGENET["mean"]}, {"mean": IMAGENET["mean"][::-1]}),
        ({"scale": ONE}, {"scale": 1.0}),
        (IMAGENET, {"mean": [], "std": []}),
        ({"mean": [], "std": []}, IMAGENET),
        ({"std": []}, {"std": IMAGENET["std"]}),
        ({"scale": ONE, **IMAGENET}, {"scale": 1.0, "mean": [], "std": []}),
        ({"scale": 1.0, "mean": [], "std": []}, {"scale": ONE, "mean": [], "std": []}),
        (
            {"scale": 1 / 127.5, "mean": [1.0, 1.0, 1.0], "std": []},
            {"scale": ONE, "mean": [], "std": []},
        ),
        (
            {"scale": 1.0, "mean": [127.5, 127.5, 127.5], "std": [128.0, 128.0, 128.0]},
            {"scale": 1 / 127.5, "mean": [1.0, 1.0, 1.0], "std": []},
        ),
        (
            {"scale": 1.0, "mean": [103.939, 116.779, 123.68], "std": [], "color": "BGR"},
            {"scale": 1.0, "mean": [], "std": [], "color": "BGR"},
        ),
        ({"layout": "NCHW"}, {"layout": "NHWC"}),
        *(
            ({"filter": name}, {"filter": "bilinear" if name != "bilinear" else "nearest"})
            for name in get_args(Filter)
        ),
        ({"resize": "cover", "crop": list(SIZE)}, {"resize": "stretch", "crop": []}),
        (
            {"resize": "cover", "size": [23, 27], "crop": list(SIZE)},
            {"resize": "stretch", "size": list(SIZE), "crop": []},
        ),
        ({"resize": "stretch"}, {"resize": "contain"}),
        ({"resize": "contain", "fill": 114}, {"resize": "contain", "fill": 0}),
        ({"filter": "nearest", "jpeg_draft": False}, {"filter": "bilinear", "jpeg_draft": True}),
    ],
)
def test_one_mistake_is_told_with_its_cure(
    trained: dict[str, Any], served: dict[str, Any], tmp_path: Path
) -> None:
    found = cure(tell(tmp_path, trained, served))
    assert found.keys() <= served.keys()
    assert TRAINED | served | found == TRAINED | served | trained


@pytest.mark.parametrize(
    ("trained", "served"),
    [
        ({"color": "BGR", "scale": ONE}, {"color": "RGB", "scale": 1.0}),
        ({"filter": "lanczos", **IMAGENET}, {"filter": "bilinear", "mean": [], "std": []}),
        (
            {"color": "BGR", "scale": 1.0, "mean": [103.939, 116.779, 123.68], "std": []},
            {"color": "RGB", "scale": ONE, "mean": [], "std": []},
        ),
        ({"layout": "NCHW", "filter": "box"}, {"layout": "NHWC", "filter": "nearest"}),
    ],
)
def test_two_mistakes_at_once_are_told_with_their_cure(
    trained: dict[str, Any], served: dict[str, Any], tmp_path: Path
) -> None:
    found = cure(tell(tmp_path, trained, served))
    assert {**TRAINED, **served, **found} == TRAINED | trained


def test_jpegs_decoded_small_where_training_had_the_whole_are_told(tmp_path: Path) -> None:
    sharp = Image.fromarray(NOISE.integers(0, 256, (180, 268, 3), dtype=np.uint8))
    jpeg = encode(sharp, "JPEG", quality=100)
    text = tell(tmp_path, {"jpeg_draft": False}, {"jpeg_draft": True}, [jpeg, jpeg])
    assert cure(text) == {"jpeg_draft": False}


def test_three_mistakes_are_not_claimed_to_be_found(tmp_path: Path) -> None:
    served = {"color": "BGR", "scale": 1.0, "filter": "nearest"}
    text = tell(tmp_path, {}, served)
    assert "None of " in text
    assert "The nearest differs by " in text
    assert "makes all" not in text


def test_what_the_examples_cannot_tell_apart_is_told_so(tmp_path: Path) -> None:
    white = encode(Image.new("RGB", (67, 45), (255, 255, 255)))  # 1, from 0 to 1 or from -1 to 1
    plain: dict[str, Any] = {"mean": [], "std": []}
    text = tell(tmp_path, {"scale": ONE, **plain}, {"scale": 1.0, **plain}, [white, white])
    assert "Each of these 3 makes all 2 golden examples match" in text
    assert "more examples\nmay tell which one is right" in text


@pytest.mark.parametrize("color", ["L", "RGB", "BGR"])
@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
@pytest.mark.parametrize("shape", [[3, 8, 9], [9, 8, 1], [-1, -1, -1]])
def test_every_change_makes_a_card_that_can_be_read(
    color: str, layout: str, shape: list[int]
) -> None:
    preprocessing = {"resize": "none", "color": color, "layout": layout}
    of = card(inputs=[spec("float32", *shape)], preprocessing=preprocessing)
    changes = [change for group in confusions(of, []) for change in group]
    assert len(changes) > 10
    for change in changes:
        assert all(preprocessing.get(key) != value for key, value in change.settings.items())
        changed = preprocessing | dict(change.settings)
        image.Preprocessor(card(inputs=of.inputs, preprocessing=changed), Settings())
