"""Triton's own client, in its defaults and with every option, against the real server."""

from typing import Any

import numpy as np
import pytest
from tritonclient.http import InferRequestedOutput

from ..openinference.echo import output_of
from .triton import (
    EVERY,
    MODEL,
    VERSION,
    assert_same,
    in_binary,
    inputs_of,
    outputs_of,
)
from .v2_schema import ModelMetadata, Server, Statistics, read

OTHER_FORM = "an output came in another form than was asked for"
either_form = pytest.mark.parametrize("binary", [True, False], ids=["binary", "json"])


def test_server_and_model_are_live_and_ready(triton: Any) -> None:
    assert triton.is_server_live()
    assert triton.is_server_ready()
    assert triton.is_model_ready(MODEL)
    assert triton.is_model_ready(MODEL, VERSION)


def test_no_other_model_or_version_is_ready(triton: Any) -> None:
    assert not triton.is_model_ready("other")
    assert not triton.is_model_ready(MODEL, "9")


def test_the_server_is_told(triton: Any) -> None:
    assert read(triton.get_server_metadata(), Server).name


@pytest.mark.parametrize("version", ["", VERSION], ids=["no version", "a version"])
def test_the_model_is_told(version: str, triton: Any) -> None:
    model = read(triton.get_model_metadata(MODEL, version), ModelMetadata)
    assert (model.name, model.versions) == (MODEL, [VERSION])
    assert [one.name for one in model.inputs] == list(EVERY)
    assert [one.name for one in model.outputs] == list(map(output_of, EVERY))


def test_the_binary_extension_is_told(triton: Any) -> None:
    assert "binary_tensor_data" in read(triton.get_server_metadata(), Server).extensions


def test_the_configuration_is_told(triton: Any) -> None:
    assert triton.get_model_config(MODEL)["name"] == MODEL


def test_statistics_are_told(triton: Any) -> None:
    statistics = triton.get_inference_statistics(MODEL, VERSION)
    assert read(statistics, Statistics).model_stats[0].name == MODEL


@pytest.mark.parametrize("to_binary", [True, False], ids=["to binary", "to json"])
@either_form
def test_each_datatype_comes_back(binary: bool, to_binary: bool, triton: Any) -> None:
    outputs = outputs_of(EVERY, to_binary)
    result = triton.infer(MODEL, inputs_of(EVERY, binary), outputs=outputs)
    assert_same(result, EVERY)
    assert set(in_binary(result)) == {to_binary}, OTHER_FORM


def test_inputs_may_be_mixed(triton: Any) -> None:
    as_json, as_bytes = inputs_of(EVERY, False)[::2], inputs_of(EVERY, True)[1::2]
    assert_same(triton.infer(MODEL, as_bytes + as_json), EVERY)


def test_outputs_may_be_mixed(triton: Any) -> None:
    outputs = outputs_of(EVERY, False)
    outputs[1::2] = outputs_of(EVERY, True)[1::2]
    result = triton.infer(MODEL, inputs_of(EVERY, False), outputs=outputs)
    assert_same(result, EVERY)
    assert in_binary(result)[:4] == [False, True, False, True], OTHER_FORM


@either_form
def test_outputs_may_be_chosen(binary: bool, triton: Any) -> None:
    outputs = outputs_of(EVERY, binary)[3:5]
    result = triton.infer(MODEL, inputs_of(EVERY, binary), outputs=outputs)
    assert [one["name"] for one in result.get_response()["outputs"]] == ["out_int32", "out_int64"]
    assert result.as_numpy("out_bool") is None


@either_form
def test_id_version_and_parameters_are_taken(binary: bool, triton: Any) -> None:
    result = triton.infer(
        MODEL,
        inputs_of(EVERY, binary),
        model_version=VERSION,
        request_id="one",
        priority=1,
        timeout=60_000_000,
        parameters={"mine": "own"},
    )
    assert result.get_response()["id"] == "one"
    assert_same(result, EVERY)


@either_form
def test_no_rows_come_back_as_none(binary: bool, triton: Any) -> None:
    none = {name: array[:0] for name, array in EVERY.items()}
    result = triton.infer(MODEL, inputs_of(none, binary), outputs=outputs_of(none, binary))
    assert {len(result.as_numpy(output_of(name))) for name in none} == {0}


@pytest.mark.parametrize("answer", ["gzip", "deflate", None])
@pytest.mark.parametrize("request_", ["gzip", "deflate", None])
@either_form
def test_both_directions_may_be_compressed(
    binary: bool, request_: str | None, answer: str | None, triton: Any
) -> None:
    result = triton.infer(
        MODEL,
        inputs_of(EVERY, binary),
        outputs=outputs_of(EVERY, binary),
        request_compression_algorithm=request_,
        response_compression_algorithm=answer,
    )
    assert_same(result, EVERY)


@either_form
def test_requests_may_run_side_by_side_on_few_connections(binary: bool, triton: Any) -> None:
    waiting = [
        triton.async_infer(MODEL, inputs_of(EVERY, binary), request_id=str(number))
        for number in range(8)
    ]
    for number, one in enumerate(waiting):
        result = one.get_result()
        assert result.get_response()["id"] == str(number)
        assert_same(result, EVERY)


def test_the_best_classes_are_told(triton: Any) -> None:
    output = InferRequestedOutput("out_fp32", class_count=2)
    result = triton.infer(MODEL, inputs_of(EVERY, True), outputs=[output])
    least_most = [float(value) for value in sorted(EVERY["in_fp32"][0])]
    best = [text.decode().partition(":")[0] for text in result.as_numpy("out_fp32")[0]]
    assert [float(text) for text in best] == pytest.approx([least_most[-1], least_most[-2]])


def test_no_number_comes_back_as_bytes(triton: Any) -> None:
    nan = {**EVERY, "in_fp32": np.full((1, 3), np.nan, np.float32)}
    assert_same(triton.infer(MODEL, inputs_of(nan, True)), nan)
