"""Numbers of a body are read into one array, and mean what they meant one by one."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from model_service.errors import InvalidInstance, InvalidRequest
from model_service.preprocessing import tensor
from model_service.preprocessing.tensor_json import KEPT
from model_service.schemas import parse_json
from model_service.settings import Settings

from ..cards import card
from ..values import JSON_VALUES
from .test_tensor import spec

FLOAT_DTYPES = ("float16", "float32", "float64")
# Nearly all that clients send, and numbers at the limits of what some float holds.
NUMBERS = st.integers(-(2**70), 2**70) | st.floats() | st.sampled_from([65504, 3.4028235e38, 1e39])
ROWS = st.lists(st.lists(NUMBERS | st.booleans(), min_size=1, max_size=3), max_size=3)


def body(instances: object) -> bytes:
    """Return the JSON body of these instances, `NaN` and `Infinity` as Python writes them."""
    return json.dumps({"instances": instances}).encode()


def outcome(read: Any, preprocess: tensor.Preprocessor, request: bytes) -> Any:
    """Return the arrays of a body as bytes, or the error in words."""
    try:
        return [preprocess(one)["x"].tobytes() for one in read(request)]
    except (InvalidInstance, InvalidRequest) as error:
        return type(error), str(error)


@hypothesis_settings(deadline=None, max_examples=500)
@given(
    instances=ROWS | st.lists(JSON_VALUES, max_size=3),
    dtype=st.sampled_from(FLOAT_DTYPES),
    shape=st.sampled_from([(), (2,), (-1,), (1, 2)]),
)
@example(instances=[[1, True]], dtype="float32", shape=(2,))
@example(instances=[[1, 2], [3]], dtype="float32", shape=(-1,))
@example(instances=[[1e39, 0]], dtype="float32", shape=(2,))
@example(instances=[[1, [2]]], dtype="float32", shape=(2,))
@example(instances=[[1, 2], [3, 4, 5], [6]], dtype="float32", shape=(2,))
@example(instances=[[], []], dtype="float32", shape=(-1,))
@example(instances=[[2**53 + 1, 2**64, -(2**63)]], dtype="float64", shape=(-1,))
def test_a_body_means_what_its_instances_mean_one_by_one(
    instances: Any, dtype: str, shape: tuple[int, ...]
) -> None:
    one = card(inputs=[spec("x", dtype, *shape)])
    preprocess, request = tensor.Preprocessor(one, Settings()), body(instances)
    expected = outcome(parse_json, preprocess, request)
    assert outcome(tensor.json_reader(one), preprocess, request) == expected


@pytest.mark.parametrize(
    "text",
    [
        '{"instances": [[1, 2]], "instances": [[3, 4]]}',
        '\ufeff{"instances": [[1, 2]]}',
        '{"instances": [[1, 2]], "parameters": {"[": 1}}',
        '{"instances": [[1, 2]], "parameters": null}',
        '{"parameters": null, "instances": [[1, 2]]}',
        '{"instances": [[-0, 1E400]]}',
        '{"instances": [[01, 2]]}',
        '{"instances": [[1, 2]]} [',
        '{"instances": [[1, 2],]}',
        '{"\\u0069nstances": [[1, 2]]}',
        '{"instances": null}',
        '{"instances": {"a": [1, 2]}}',
        "null",
        "",
    ],
)
def test_json_that_few_write_means_the_same(text: str) -> None:
    one, request = card(inputs=[spec("x", "float32", 2)]), text.encode()
    preprocess = tensor.Preprocessor(one, Settings())
    expected = outcome(parse_json, preprocess, request)
    assert outcome(tensor.json_reader(one), preprocess, request) == expected


def test_lists_of_numbers_become_one_array() -> None:
    rows = tensor.json_reader(card())(body([[1, 2.5, -3], [4, 5, 6]]))
    assert isinstance(rows, np.ndarray)
    assert (rows.dtype, rows.tolist()) == (np.float64, [[1, 2.5, -3], [4, 5, 6]])


@pytest.mark.parametrize(
    "inputs", [[spec("x", "int64", 3)], [spec("a", "float32", 3), spec("b", "float32", 3)]]
)
def test_other_inputs_stay_as_they_came(inputs: list[dict[str, Any]]) -> None:
    assert tensor.json_reader(card(inputs=inputs)) is parse_json


@pytest.mark.parametrize(
    "request_", [b'{"instances": [[1]], "more": 1}', b'{"instances": 1}', b"[[1]]", b"{", b"\xff"]
)
def test_what_is_no_request_is_refused_in_the_same_words(request_: bytes) -> None:
    told = []
    for read in (parse_json, tensor.json_reader(card())):
        with pytest.raises(InvalidRequest) as refused:
            read(request_)
        told.append(str(refused.value))
    assert told[0] == told[1]


def test_deep_lists_are_refused_and_harm_nobody() -> None:
    deep = b'{"instances": ' + 100_000 * b"["
    with pytest.raises(InvalidRequest, match="nested deeper"):
        tensor.json_reader(card())(deep)


def test_a_body_of_any_size_is_read_and_so_is_the_next_one() -> None:
    read = tensor.json_reader(card(inputs=[spec("x", "float32", -1)]))
    for size in (3, KEPT, 3):
        (row,) = read(body([size * [0.5]]))
        assert isinstance(row, np.ndarray)
        assert (row.shape, row.sum()) == ((size,), size / 2)


def test_many_threads_read_each_its_own_body() -> None:
    read = tensor.json_reader(card(inputs=[spec("x", "float32", -1)]))

    def read_own(number: int) -> bool:
        rows = read(body([[number, number / 8]])) if number % 5 else read(b'{"instances": [[1, {}')
        return bool(rows[0].tolist() == [number, number / 8])

    with ThreadPoolExecutor(8) as pool:
        told = [pool.submit(read_own, number) for number in range(400)]
    for number, one in enumerate(told):
        if number % 5:
            assert one.result()
        else:
            assert isinstance(one.exception(), InvalidRequest)
