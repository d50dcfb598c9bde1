"""Answers: named outputs as JSON, as bytes or as the best classes, with the id of the request."""

from typing import Any

import msgspec
import numpy as np
import pytest

from model_service.arrays import Arrays
from model_service.errors import InvalidRequest, ModelFault
from model_service.openinference.messages import (
    Message,
    Output,
    OutputParameters,
    Parameters,
)
from model_service.openinference.response import (
    best_classes,
    write_response,
)

from .bodies import read_answer
from .echo import ALL, echo_card, output_of, values

ECHO = echo_card(ALL, [-1, -1])
SCORES = np.array([[0.25, 0.5, 0.125], [1, -1, 1]], np.float32)


def wanted(name: str, binary: bool | None = None, classes: int = 0) -> Output:
    """Return an output as a request asks for it."""
    return Output(name, OutputParameters(binary, classes))


def answer(
    outputs: Arrays, *asked: Output, id: str | None = None, binary: bool = False
) -> tuple[dict[str, Any], Arrays]:
    """Write an answer and read it; `binary` is how what says nothing itself is written."""
    message = Message([], list(asked), id, Parameters(binary_data_output=binary))
    body, length = write_response(message, outputs, ECHO, ("a", "b", "c"))
    return read_answer(body, None if length is None else str(length))


def test_each_datatype_comes_through_in_json_and_in_binary() -> None:
    outputs = {output_of(name): values(dtype, 4) for name, dtype in ALL.items()}
    for binary in (False, True):
        told, read = answer(outputs, binary=binary)  # all outputs, as no one is asked for
        assert all(("data" in one) != binary for one in told["outputs"])
        for name, array in outputs.items():
            assert read[name].dtype == array.dtype
            np.testing.assert_array_equal(read[name], array)


def test_outputs_come_in_the_order_that_was_asked_for_and_may_be_mixed() -> None:
    outputs = {"y": np.array([[1, 2]], np.int8), "z": np.array([[True]]), "unwanted": SCORES}
    told, read = answer(outputs, wanted("z", True), wanted("y", False), id="one")
    assert {**told, "outputs": None} == {
        "model_name": "echo",
        "model_version": "3",
        "id": "one",
        "outputs": None,
    }
    assert told["outputs"] == [
        {"name": "z", "datatype": "BOOL", "shape": [1, 1], "parameters": {"binary_data_size": 1}},
        {"name": "y", "datatype": "INT8", "shape": [1, 2], "data": [1, 2]},
    ]
    assert read["z"].tolist() == [[True]]


def test_without_an_id_none_is_told() -> None:
    assert "id" not in answer({"y": SCORES}, wanted("y", False))[0]


def test_an_empty_output_has_its_shape() -> None:
    for binary in (False, True):
        _, read = answer({"y": np.empty((0, 3), np.float32)}, wanted("y", binary))
        assert read["y"].shape == (0, 3)


def test_no_number_comes_through_in_binary_alone() -> None:
    outputs = {"y": np.array([[np.nan, np.inf]], np.float32)}
    _, read = answer(outputs, wanted("y", True))
    np.testing.assert_array_equal(read["y"], outputs["y"])
    with pytest.raises(ModelFault, match="binary"):
        answer(outputs, wanted("y", False))


def test_the_best_classes_are_text_with_value_index_and_label() -> None:
    for binary in (False, True):
        told, read = answer({"y": SCORES}, wanted("y", binary, classes=2))
        assert told["outputs"][0]["datatype"] == "BYTES"
        assert read["y"].tolist() == [["0.5:1:b", "0.25:0:a"], ["1.0:0:a", "1.0:2:c"]]


def test_the_best_classes_of_what_has_no_labels_are_without() -> None:
    assert best_classes("y", SCORES[:1], 9, ()).tolist() == [["0.5:1", "0.25:0", "0.125:2"]]
    cube = np.arange(8).reshape(2, 2, 2)
    assert best_classes("y", cube, 1, ()).tolist() == [["3:3"], ["7:3"]]
    assert best_classes("y", SCORES[:0], 2, ()).shape[0] == 0


def test_what_says_nothing_itself_is_written_as_the_request_says() -> None:
    told, _ = answer({"y": SCORES, "z": SCORES}, wanted("y", False), Output("z"), binary=True)
    assert ["data" in one for one in told["outputs"]] == [True, False]


def test_only_numbers_have_best_classes_and_nan_is_never_the_best() -> None:
    with pytest.raises(InvalidRequest, match="no numbers"):
        best_classes("y", np.array([["a"]], object), 1, ())
    assert best_classes("y", np.array([[np.nan, 1, 2]]), 2, ()).tolist() == [["2.0:2", "1.0:1"]]


def test_an_answer_is_its_json_and_then_the_bytes() -> None:
    message = Message([], [wanted("y", True)])
    body, length = write_response(message, {"y": SCORES}, ECHO, ())
    assert msgspec.json.decode(body[:length])["outputs"][0]["shape"] == [2, 3]
    assert body[length:] == SCORES.tobytes()
