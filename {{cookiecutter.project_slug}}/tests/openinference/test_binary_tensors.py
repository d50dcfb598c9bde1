"""Tensors as bytes: read without a copy, and never beyond their end."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from model_service.errors import InvalidRequest
from model_service.openinference.binary_tensors import (
    read_binary,
    write_binary,
)

from .bodies import NAMES, from_bytes, to_bytes
from .test_json_tensors import spec_of

SHAPES = hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=4)


@pytest.mark.parametrize("datatype", NAMES)
@settings(max_examples=30)
@given(data=st.data())
def test_what_is_written_is_read_again(datatype: str, data: st.DataObject) -> None:
    elements = st.text() if datatype == "BYTES" else None
    array = data.draw(hnp.arrays(np.dtype(NAMES[datatype]), SHAPES, elements=elements))
    written = bytes(write_binary(array))
    assert written == to_bytes(array)
    shape = list(array.shape)
    back = read_binary(memoryview(written), spec_of(NAMES[datatype], array.ndim), shape)
    np.testing.assert_array_equal(back, array)
    np.testing.assert_array_equal(from_bytes(written, datatype, shape), array)


def test_the_array_is_the_body_itself_and_read_only() -> None:
    body = b"abc" + np.arange(4, dtype=np.float32).tobytes()
    array = read_binary(memoryview(body)[3:], spec_of("float32"), [4])
    start = np.frombuffer(body, np.uint8).__array_interface__["data"][0]
    assert array.__array_interface__["data"] == (start + 3, True)
    assert array.tolist() == [0, 1, 2, 3]


def test_what_does_not_lie_in_a_row_is_written_in_order() -> None:
    array = np.arange(6, dtype=np.int16).reshape(2, 3)
    assert bytes(write_binary(array.T)) == to_bytes(np.ascontiguousarray(array.T))


@pytest.mark.parametrize("size", [0, 4, 15, 17, 20])
def test_more_or_fewer_bytes_than_the_shape_has_are_refused(size: int) -> None:
    with pytest.raises(InvalidRequest, match="needs 16 bytes, and has"):
        read_binary(memoryview(bytes(size)), spec_of("float32", 2), [2, 2])


def test_a_boolean_is_nothing_but_0_or_1() -> None:
    with pytest.raises(InvalidRequest, match="no BOOL"):
        read_binary(memoryview(b"\0\1\2"), spec_of("bool"), [3])


@pytest.mark.parametrize(
    ("data", "count", "words"),
    [
        (b"", 1, "too few"),
        (b"\1\0\0", 1, "too few"),
        (b"\2\0\0\0a", 1, "element 0"),
        (b"\1\0\0\0a\1\0\0\0", 2, "element 1"),
        (b"\1\0\0\0a\1\0\0", 1, "3 bytes after"),
        (b"\6\0\0\0abcdef", 2, "element 1"),
        (b"\xff\xff\xff\xff", 1, "element 0"),
        (b"\1\0\0\0\xff", 1, "not UTF-8"),
        (b"\0\0\0\0", 2**40, "too few"),
    ],
)
def test_text_is_never_read_beyond_its_end(data: bytes, count: int, words: str) -> None:
    with pytest.raises(InvalidRequest, match=words):
        read_binary(memoryview(data), spec_of("object"), [count])
