"""The JSON of a request: what is missing, unknown or of another type is named."""

from typing import Any

import msgspec
import pytest

from model_service.errors import InvalidRequest
from model_service.openinference.messages import read_message

X = {"name": "x", "shape": [1], "datatype": "FP32", "data": [1]}
WRONG: dict[str, tuple[Any, str]] = {
    "no object": ([], "Expected `object`"),
    "no inputs": ({}, "missing required field `inputs`"),
    "no name": ({"inputs": [{"shape": [], "datatype": "FP32"}]}, "`name`"),
    "unknown field": ({"inputs": [], "instances": []}, "`instances`"),
    "unknown field of an input": ({"inputs": [{**X, "dtype": 1}]}, "`dtype`"),
    "negative size": ({"inputs": [{**X, "shape": [-1]}]}, r"\$.inputs\[0\].shape\[0\]"),
    "size of no memory": ({"inputs": [{**X, "shape": [2**60]}]}, "shape"),
    "size with a fraction": ({"inputs": [{**X, "shape": [1.5]}]}, "shape"),
    "shared memory": ({"inputs": [{**X, "parameters": {"shared_memory_region": "a"}}]}, "shared"),
    "negative bytes": ({"inputs": [{**X, "parameters": {"binary_data_size": -1}}]}, "binary"),
    "unknown parameter of an output": (
        {"inputs": [], "outputs": [{"name": "y", "parameters": {"sorted": True}}]},
        "sorted",
    ),
    "number for an id": ({"inputs": [], "id": 7}, "id"),
    "negative timeout": ({"inputs": [], "parameters": {"timeout": -1}}, "timeout"),
    "text for a timeout": ({"inputs": [], "parameters": {"timeout": "1"}}, "timeout"),
    "a sequence": ({"inputs": [], "parameters": {"sequence_id": 1}}, "sequence_id"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named(name: str) -> None:
    message, words = WRONG[name]
    with pytest.raises(InvalidRequest, match=words):
        read_message(msgspec.json.encode(message))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"\xff",
        b'{"inputs": [], "id": "\xff"}',
        rb'{"inputs": [], "id": "\ud800"}',
        b'{"inputs": [{"name": "x", "shape": [1], "datatype": "FP32", "data": [NaN]}]}',
    ],
    ids=lambda text: repr(text[:40]),
)
def test_what_is_no_json_is_refused(text: bytes) -> None:
    with pytest.raises(InvalidRequest, match="no inference request"):
        read_message(text)


@pytest.mark.parametrize("start", [b'{"inputs": ', b'{"inputs": [{"data": '])
def test_what_is_deep_is_refused_before_it_is_decoded(start: bytes) -> None:
    with pytest.raises(InvalidRequest, match="nested deeper"):
        read_message(memoryview(start + 100_000 * b"["))


def test_parameters_of_the_request_are_free_but_for_those_that_the_service_reads() -> None:
    given = {"timeout": 5, "priority": 2, "binary_data_output": True, "mine": {"any": ["thing"]}}
    text = msgspec.json.encode({"id": "a", "inputs": [X], "parameters": given})
    message = read_message(text)
    assert (message.id, message.inputs[0].name, message.outputs) == ("a", "x", [])
    assert (message.parameters.timeout, message.parameters.binary_data_output) == (5, True)
