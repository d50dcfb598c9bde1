"""What is no sound image gets its code, at no cost; what is odd but sound is served as it looks."""

import base64
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image

from model_service.errors import InvalidInstance
from model_service.preprocessing.image import FORMATS, Preprocessor
from model_service.settings import Settings

from ..cards import card
from .image_hostile import BROKEN, GIGANTIC, NOISE, SOUND, animation
from .test_image import encode, preprocessor, spec

# In the service a warning of Pillow is none of an error, as pytest would make it.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")

STATUS = Path("/proc/self/status")
SETTINGS = Settings()
MOST_BYTES = 32 * 2**20  # far less than the smallest bomb holds
FILES = {
    **{kind: encode(NOISE, kind) for kind in FORMATS},
    "progressive JPEG": encode(NOISE, "JPEG", progressive=True),
    "lossless WebP": encode(NOISE, "WEBP", lossless=True),
    **{f"animated {kind}": animation(kind) for kind in ("PNG", "GIF", "WEBP")},
}


def peak_of_refusing(preprocess: Preprocessor, files: Iterable[bytes]) -> int:
    """Return how many bytes more than before this process had at its peak."""
    if not STATUS.exists():
        pytest.skip("Only Linux tells the peak of a process's memory.")
    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here
    before = memory("VmRSS")
    for file in files:
        with pytest.raises(InvalidInstance):
            preprocess(file)
    return memory("VmHWM") - before


def memory(of: str) -> int:
    """Return a figure of this process, in bytes."""
    (line,) = [row for row in STATUS.read_text().splitlines() if row.startswith(of)]
    return 1024 * int(line.split()[1])


@pytest.mark.parametrize("name", BROKEN | GIGANTIC)
def test_what_is_no_sound_image_gets_its_code(name: str, client: FlaskClient) -> None:
    data = (BROKEN | GIGANTIC)[name]
    instance = {"b64": base64.b64encode(data).decode()}
    answers = [client.post("/predict", json={"instances": [instance]})]
    if data:
        answers.append(client.post("/predict", data=data, content_type="image/png"))
    for answer in answers:
        assert answer.json is not None
        assert (answer.status_code, answer.json["code"]) == (422, "invalid_instance")


@pytest.mark.parametrize("name", GIGANTIC)
def test_of_a_gigantic_image_the_most_pixels_are_told(name: str) -> None:
    with pytest.raises(InvalidInstance, match="more than the 25000000 pixels"):
        preprocessor()(GIGANTIC[name])


def test_no_bomb_unfolds() -> None:
    assert peak_of_refusing(preprocessor(), (BROKEN | GIGANTIC).values()) < MOST_BYTES


def test_what_the_model_does_not_take_never_becomes_an_array() -> None:
    options = {"resize": "none", "color": "L"}
    fixed = Preprocessor(card(inputs=[spec("float32", 1, 28, 28)], preprocessing=options), SETTINGS)
    file = encode(Image.new("L", (5000, 5000)))
    floats = 4 * 5000 * 5000
    assert peak_of_refusing(fixed, [file]) < floats


@pytest.mark.parametrize("name", SOUND)
def test_what_is_odd_but_sound_is_served_as_it_looks(name: str) -> None:
    data, pixels = SOUND[name]
    array = preprocessor()(data)["x"]
    assert array.shape == pixels.shape
    assert np.abs(array - pixels).max() <= (6 if data.startswith(b"\xff\xd8") else 0)


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_cut_is_refused_unless_no_pixel_is_missing(name: str) -> None:
    whole = preprocessor()(FILES[name])["x"]
    for size in range(len(FILES[name])):
        try:
            array = preprocessor()(FILES[name][:size])["x"]
        except InvalidInstance:
            continue
        assert np.array_equal(array, whole)


@pytest.mark.parametrize("name", FILES)
def test_a_file_with_a_wrong_byte_is_refused_or_gives_pixels(name: str) -> None:
    for place in range(0, len(FILES[name]), 3):
        for value in (0, 255, FILES[name][place] ^ 1):
            file = bytearray(FILES[name])
            file[place] = value
            try:
                array = preprocessor()(bytes(file))["x"]
            except InvalidInstance:
                continue
            assert array.dtype == np.float32
            assert array.ndim == 3


@pytest.mark.parametrize(
    "encoded",
    [
        "iVBORw0KGgo",  # without padding
        "iVBORw0KGgo==",  # with too much of it
        "iVBORw0K=Ggo",  # in the middle
        "iVBORw0KGgo=iVBORw0KGgo=",  # twice
        "_-BORw0KGgo=",  # the alphabet of URLs
        "data:image/png;base64,iVBORw0KGgo=",
        "%69VBORw0KGgo=",
        "iVBORw0KGgo=\0",
        "\ufeffiVBORw0KGgo=",
    ],
)
def test_base64_in_another_form_is_refused(encoded: str) -> None:
    with pytest.raises(InvalidInstance, match="base64"):
        preprocessor()({"b64": encoded})


def test_base64_within_base64_is_no_image() -> None:
    twice = base64.b64encode(base64.b64encode(encode(NOISE))).decode()
    with pytest.raises(InvalidInstance, match="cannot be read"):
        preprocessor()(twice)


@pytest.mark.parametrize("space", [" ", "\n", "\r\n", "\t", "\n\n "])
def test_base64_may_hold_white_space_anywhere(space: str) -> None:
    encoded = base64.b64encode(encode(NOISE)).decode()
    assert np.array_equal(preprocessor()(space.join(encoded))["x"], NOISE)
