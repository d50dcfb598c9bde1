"""A whole request: arrays that fit the model, or what is wrong with it; never anything else."""

import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_service.arrays import Array
from model_service.errors import InvalidRequest
from model_service.openinference.request import read_request

from ..cards import card
from .bodies import infer_body, tensor
from .echo import ALL, echo_card, values

ECHO = echo_card(ALL, [-1, -1])
PAIR = echo_card({"in_a": "float32", "in_b": "int64"}, [-1, 2])
A, B = np.array([[1, 2]], np.float32), np.array([[3, 4]])
EVERY = {name: values(dtype, 4) for name, dtype in ALL.items()}


def header_of(headers: dict[str, str]) -> str | None:
    """Return the one header of a request."""
    return next(iter(headers.values()), None)


@pytest.mark.parametrize("binary", [[], list(ALL), list(ALL)[::2]], ids=["json", "binary", "mixed"])
def test_each_datatype_comes_through_in_json_and_in_binary(binary: list[str]) -> None:
    body, headers = infer_body(EVERY, binary)
    _, inputs = read_request(body, header_of(headers), ECHO)
    assert inputs.keys() == EVERY.keys()
    for name, array in EVERY.items():
        assert inputs[name].dtype == array.dtype
        np.testing.assert_array_equal(inputs[name], array)


def test_inputs_may_come_in_any_order() -> None:
    body, headers = infer_body({"in_b": B, "in_a": A}, ["in_a", "in_b"])
    _, inputs = read_request(body, header_of(headers), PAIR)
    assert (inputs["in_a"].tolist(), inputs["in_b"].tolist()) == ([[1, 2]], [[3, 4]])


def one_input(**changes: Any) -> dict[str, Any]:
    """Return a request whose first input has some keys changed."""
    first = {**tensor("in_a", A, data=[1, 2]), **changes}
    return {"inputs": [first, tensor("in_b", B, data=[3, 4])]}


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no inputs": ({"inputs": []}, "'in_a' is missing"),
    "an input is missing": ({"inputs": [tensor("in_a", A, data=[1, 2])]}, "'in_b' is missing"),
    "an input twice": ({"inputs": 2 * [tensor("in_a", A, data=[1, 2])]}, "twice"),
    "an unknown input": (one_input(name="x"), "no input 'x'"),
    "another datatype": (one_input(datatype="FP64"), "FP32.* was given in_a FP64"),
    "BF16": (one_input(datatype="BF16"), "FP32"),
    "no datatype": (one_input(datatype="float"), "FP32"),
    "another rank": (one_input(shape=[2]), r"given in_a FP32\[2\]"),
    "a fixed size that differs": (one_input(shape=[2, 1]), r"takes in_a FP32\[-1, 2\]"),
    "other numbers of rows": (one_input(shape=[2, 2], data=[1, 2, 3, 4]), "numbers of rows"),
    "too few values": (one_input(data=[1]), "those of the shape"),
    "no data": (one_input(data=None), "needs either"),
    "data and bytes": (one_input(parameters={"binary_data_size": 8}), "needs either"),
    "bytes without a header": (
        one_input(data=None, parameters={"binary_data_size": 8}),
        "needs 8 bytes, and has 0",
    ),
    "another model": ({**one_input(), "model_name": "other"}, "'other'"),
    "an unknown output": ({**one_input(), "outputs": [{"name": "y"}]}, "no output 'y'"),
    "an output twice": ({**one_input(), "outputs": 2 * [{"name": "out_a"}]}, "twice"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_fit_the_model_is_named(name: str) -> None:
    message, words = WRONG[name]
    with pytest.raises(InvalidRequest, match=words):
        read_request(msgspec.json.encode(message), None, PAIR)


@pytest.mark.parametrize("shape", [[2**31, 2**31], [2**31, 2**31, 2**31, 0], [2**20, 2**12, 0]])
def test_a_shape_beyond_all_memory_is_refused_before_room_is_made(shape: list[int]) -> None:
    for dtype in ("float32", "object"):
        of = echo_card({"in_a": dtype}, [-1] * len(shape))
        one = {**tensor("in_a", np.empty(0, dtype)), "shape": shape}
        with pytest.raises(InvalidRequest):
            read_request(msgspec.json.encode({"inputs": [{**one, "data": []}]}), None, of)
        one["parameters"] = {"binary_data_size": 0}
        text = msgspec.json.encode({"inputs": [one]})
        with pytest.raises(InvalidRequest):
            read_request(text, str(len(text)), of)


@pytest.mark.parametrize("header", ["", "-1", "+1", "1.0", "1e1", "\u0661", "99999999999", "5000"])
def test_a_header_that_is_no_length_of_the_body_is_refused(header: str) -> None:
    with pytest.raises(InvalidRequest, match="Inference-Header-Content-Length"):
        read_request(infer_body({"in_a": A, "in_b": B})[0], header, PAIR)


@pytest.mark.parametrize(
    "change",
    [lambda body: body[:-1], lambda body: body + b"\0", lambda body: body[:-24]],
    ids=["cut", "more", "none"],
)
def test_bytes_that_are_not_those_announced_are_refused(change: Callable[[bytes], bytes]) -> None:
    body, headers = infer_body({"in_a": A, "in_b": B}, ["in_a", "in_b"])
    with pytest.raises(InvalidRequest, match="bytes"):
        read_request(change(body), header_of(headers), PAIR)


def raw(data: bytes, dtype: str, shape: list[int]) -> Array:
    """Read a body that is nothing but bytes, for a model of one input."""
    of = card(inputs=[{"name": "x", "dtype": dtype, "shape": shape}])
    message, inputs = read_request(data, "0", of)
    assert message.parameters.binary_data_output
    return inputs["x"]


def test_a_body_may_be_the_one_input_alone() -> None:
    rows = np.arange(12, dtype=np.float32)
    assert raw(rows.tobytes(), "float32", [-1, 3]).shape == (4, 3)
    assert raw(rows.tobytes(), "float32", [1, -1]).shape == (1, 12)
    assert raw(rows.tobytes(), "float32", [1, 12]).tolist() == [rows.tolist()]
    assert raw(b"", "float32", [-1, 3]).shape == (0, 3)
    text = raw("na\u00efve".encode(), "object", [-1, 1])
    assert (text.shape, text.item()) == ((1, 1), "na\u00efve")


@pytest.mark.parametrize(
    ("size", "dtype", "shape"),
    [
        (13, "float32", [-1, 3]),
        (24, "float32", [1, 3]),
        (12, "float32", [-1, -1]),
        (4, "float32", [-1, 0]),
        (4, "object", [-1, 2]),
    ],
)
def test_a_body_that_does_not_tell_its_shape_is_refused(
    size: int, dtype: str, shape: list[int]
) -> None:
    with pytest.raises(InvalidRequest):
        raw(bytes(size), dtype, shape)


def test_two_inputs_cannot_be_told_apart_in_a_body_of_bytes() -> None:
    with pytest.raises(InvalidRequest, match="needs JSON"):
        read_request(bytes(24), "0", PAIR)


@given(body=st.binary(max_size=200), header=st.none() | st.from_regex(r"\A[0-9]{1,3}\Z"))
def test_any_bytes_are_read_or_refused(body: bytes, header: str | None) -> None:
    with suppress(InvalidRequest):
        read_request(body, header, ECHO)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**70) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(
    key=st.sampled_from(["name", "shape", "datatype", "parameters", "data"]), value=JSON, rest=JSON
)
def test_any_value_anywhere_is_read_or_refused(key: str, value: object, rest: object) -> None:
    message = one_input(**{key: value}) | {"parameters": rest}
    with suppress(InvalidRequest, ValueError):  # NaN is no JSON for who encodes it, either
        read_request(msgspec.json.encode(message), None, PAIR)


@given(lengths=st.lists(st.integers(0, 2**32 - 1), max_size=4), rest=st.binary(max_size=30))
def test_any_lengths_of_text_are_read_or_refused(lengths: list[int], rest: bytes) -> None:
    of = echo_card({"in_a": "object"}, [-1])
    data = b"".join(struct.pack("<I", length) for length in lengths) + rest
    size = {"binary_data_size": len(data)}
    one = tensor("in_a", np.empty(len(lengths), object), parameters=size)
    text = msgspec.json.encode({"inputs": [one]})
    with suppress(InvalidRequest):
        read_request(text + data, str(len(text)), of)
