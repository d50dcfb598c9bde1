"""Arrays of `.npy` files: whole ones come out as they went in, all others are refused unread."""

import contextlib
import io
import struct
import tracemalloc
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from model_service.arrays import Array
from model_service.errors import InvalidRequest
from model_service.npy import MAGIC, read_npy, write_npy

DTYPES = st.sampled_from(["?", "i1", "<i8", ">i4", "u2", "<f2", ">f4", "<f8", "<c8", "<U3"])


def saved(array: Array, version: tuple[int, int] | None = None) -> bytes:
    """Return what NumPy writes for an array."""
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a version that older ones cannot read
        np.lib.format.write_array(file, array, version)
    return file.getvalue()


def npy(header: str | bytes, data: bytes = b"", version: int = 1) -> bytes:
    """Return a file with a header of one's own."""
    text = header.encode() if isinstance(header, str) else header
    size = struct.pack("<H" if version == 1 else "<I", len(text))
    return MAGIC + bytes([version, 0]) + size + text + data


def header(descr: str = "'<f4'", order: str = "False", shape: str = "(2,)") -> str:
    """Return a header, of two numbers of 4 bytes if nothing else is said."""
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}}}\n"


@settings(deadline=None, max_examples=200)
@given(arrays.arrays(DTYPES, arrays.array_shapes(min_dims=1, min_side=0)), st.booleans())
def test_arrays_come_out_as_they_went_in(array: Array, fortran: bool) -> None:
    laid_out = np.asfortranarray(array) if fortran else array
    for body in (saved(laid_out), write_npy(laid_out)):
        read = read_npy(body)
        assert (read.dtype, read.shape) == (array.dtype, array.shape)
        assert read.tobytes() == array.tobytes()


@settings(deadline=None, max_examples=200)
@given(st.binary() | st.binary().map(lambda tail: MAGIC + tail) | st.binary().map(npy))
def test_any_bytes_are_an_array_or_an_error(body: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with contextlib.suppress(InvalidRequest):
            assert read_npy(body).ndim


def test_an_array_is_a_view_of_its_bytes() -> None:
    body = saved(np.zeros((4, 1000, 1000), np.float32))
    tracemalloc.start()
    array = read_npy(body)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert array.shape == (4, 1000, 1000)
    assert peak < 100_000


@pytest.mark.parametrize("version", [(1, 0), (2, 0)])
def test_both_versions_of_plain_arrays_are_read(version: tuple[int, int]) -> None:
    assert read_npy(saved(np.arange(3), version)).tolist() == [0, 1, 2]


EIGHT = bytes(8)
REFUSED = {
    "nothing": b"",
    "magic alone": MAGIC,
    "no magic": b"\x92NUMPY" + npy(header(), EIGHT)[6:],
    "zip of arrays": b"PK\x03\x04" + bytes(100),
    "version 0": npy(header(), EIGHT, 0),
    "version 3": saved(np.arange(3), (3, 0)),
    "version 255": npy(header(), EIGHT, 255),
    "header cut": npy(header(), EIGHT)[:40],
    "header longer than the body": MAGIC + b"\1\0" + b"\xff\xff" + header().encode(),
    "header of 4 GB": MAGIC + b"\2\0" + b"\xff\xff\xff\xff" + header().encode(),
    "header over the limit": npy(header() + 20_000 * " ", EIGHT, 2),
    "header of nothing": npy(""),
    "header is a list": npy("[]"),
    "header is no literal": npy("__import__('os').system('true')"),
    "header of brackets": npy(9900 * "("),
    "header of signs": npy(9900 * "-" + "1"),
    "header of quotes": npy("'''"),
    "header not ASCII": npy(b"\xff\xfe\0"),
    "key missing": npy("{'descr': '<f4', 'shape': (2,)}", EIGHT),
    "key too many": npy(header()[:-2] + ", 'a': 1}", EIGHT),
    "objects": saved(np.array([{}, None], object)),
    "objects without a pickle": npy(header("'|O'"), EIGHT),
    "objects in a structure": npy(header("[('a', '|O')]", shape="(1,)"), EIGHT),
    "a dtype of several values": npy(header("('<f4', (2,))", shape="(1,)"), EIGHT),
    "no dtype": npy(header("'cat'"), EIGHT),
    "order of no kind": npy(header(order="None"), EIGHT),
    "single value": saved(np.array(1.0)),
    "shape of no tuple": npy(header(shape="2"), EIGHT),
    "shape of fractions": npy(header(shape="(2.0,)"), EIGHT),
    "shape of truth": npy(header(shape="(True, 2)"), EIGHT),
    "negative size": npy(header(shape="(-1,)"), EIGHT),
    "two negative sizes": npy(header(shape="(-1, -2)"), EIGHT),
    "a shape of 2 to the 62": npy(header(shape=f"({2**62},)"), EIGHT),
    "a shape that overflows to what there is": npy(header(shape=f"({2**62}, 4, 2)"), EIGHT),
    "a shape beyond any integer": npy(header(shape=f"({10**4000},)"), EIGHT),
    "rows of nothing beyond any integer": npy(header(shape=f"({2**70}, 0)")),
    "65 dimensions": npy(header(shape=f"({65 * '1,'})"), EIGHT),
    "data cut": saved(np.arange(3))[:-1],
    "data missing": npy(header()),
    "data too long": saved(np.arange(3)) + b"\0",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_whole_array_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest, match="array"):
        read_npy(REFUSED[name])


def test_no_pickle_is_written_either() -> None:
    with pytest.raises(ValueError, match="allow_pickle"):
        write_npy(np.array([{}], object))
