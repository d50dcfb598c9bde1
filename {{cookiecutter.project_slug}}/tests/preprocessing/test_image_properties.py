"""Whatever an image instance holds: it becomes the model's array, or a refusal of the service."""

import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from model_service.arrays import Array
from model_service.errors import InvalidInstance
from model_service.preprocessing.image import FORMATS

from ..values import JSON_VALUES
from .test_image import PICTURE, encode, preprocessor

# In the service a warning of Pillow is none of an error, as pytest would make it.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")

LOSSLESS = st.sampled_from(["PNG", "BMP"])
PICTURES = arrays.arrays(
    np.uint8, st.tuples(st.integers(1, 6), st.integers(1, 6), st.just(3)), elements={}
)
quickly = hypothesis_settings(deadline=None, max_examples=200)


def check(instance: object) -> None:
    """Check the array of an instance, or that it is refused in the words of the service."""
    try:
        made = preprocessor()(instance)
    except InvalidInstance:
        return
    assert list(made) == ["x"]
    assert made["x"].dtype == np.float32
    assert made["x"].ndim == 3
    assert made["x"].shape[2] == 3


@quickly
@given(instance=JSON_VALUES | st.dictionaries(st.just("b64"), JSON_VALUES))
def test_any_json_is_an_image_or_refused(instance: object) -> None:
    check(instance)


@quickly
@given(kind=st.sampled_from(FORMATS), data=st.binary(), place=st.integers(0, 200))
def test_any_bytes_are_an_image_or_refused(kind: str, data: bytes, place: int) -> None:
    file = encode(PICTURE, kind)
    check(data)
    check(file[:place] + data)
    check(file[:place] + data + file[place:])
    check(file[:place] + data + file[place + len(data) :])


@quickly
@given(pixels=PICTURES, kind=LOSSLESS)
def test_pixels_come_out_as_they_went_in(pixels: Array, kind: str) -> None:
    file = encode(pixels, kind)
    encoded = base64.b64encode(file).decode()
    for instance in (file, encoded, {"b64": encoded}):
        assert np.array_equal(preprocessor()(instance)["x"], pixels)
