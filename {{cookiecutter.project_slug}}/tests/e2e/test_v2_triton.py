"""Triton's own client, in its defaults and with every option, against the real server."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from tritonclient.http import InferenceServerClient, InferRequestedOutput
from tritonclient.utils import InferenceServerException

from ..openinference.echo import output_of
from ..processes import Server
from .triton import (
    EVERY,
    MODEL,
    VERSION,
    assert_same,
    inputs_of,
    outputs_of,
)
from .v2_schema import ModelMetadata, Statistics, read
from .v2_schema import Server as ServerMetadata


@pytest.fixture
def client(echo_server: Server) -> Iterator[Any]:
    """Give a client of four connections."""
    with InferenceServerClient(f"127.0.0.1:{echo_server.port}", concurrency=4) as client:
        yield client


def test_health_is_told(client: Any) -> None:
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready(MODEL)
    assert client.is_model_ready(MODEL, VERSION)
    assert not client.is_model_ready("other")
    assert not client.is_model_ready(MODEL, "9")


def test_service_and_model_are_told(client: Any) -> None:
    server = read(client.get_server_metadata(), ServerMetadata)
    assert "binary_tensor_data" in server.extensions
    model = read(client.get_model_metadata(MODEL, VERSION), ModelMetadata)
    assert (model.name, model.versions) == (MODEL, [VERSION])
    assert [one.name for one in model.inputs] == list(EVERY)
    assert client.get_model_config(MODEL)["name"] == MODEL
    statistics = client.get_inference_statistics(MODEL, VERSION)
    assert read(statistics, Statistics).model_stats[0].name == MODEL


@pytest.mark.parametrize("to_binary", [True, False], ids=["to binary", "to json"])
@pytest.mark.parametrize("binary", [True, False], ids=["binary", "json"])
def test_each_datatype_comes_back(binary: bool, to_binary: bool, client: Any) -> None:
    outputs = outputs_of(EVERY, to_binary)
    assert_same(client.infer(MODEL, inputs_of(EVERY, binary), outputs=outputs), EVERY)


def test_json_and_binary_may_be_mixed(client: Any) -> None:
    as_json, as_bytes = inputs_of(EVERY, False)[::2], inputs_of(EVERY, True)[1::2]
    assert_same(client.infer(MODEL, as_bytes + as_json), EVERY)


def test_outputs_may_be_chosen(client: Any) -> None:
    result = client.infer(MODEL, inputs_of(EVERY, True), outputs=outputs_of(EVERY, True)[3:5])
    assert [one["name"] for one in result.get_response()["outputs"]] == ["out_int32", "out_int64"]
    assert result.as_numpy("out_bool") is None


def test_id_version_and_parameters_are_taken(client: Any) -> None:
    result = client.infer(
        MODEL,
        inputs_of(EVERY, True),
        model_version=VERSION,
        request_id="one",
        priority=1,
        timeout=60_000_000,
        parameters={"mine": "own"},
    )
    assert result.get_response()["id"] == "one"
    assert_same(result, EVERY)


@pytest.mark.parametrize("binary", [True, False], ids=["binary", "json"])
def test_no_rows_come_back_as_none(binary: bool, client: Any) -> None:
    none = {name: array[:0] for name, array in EVERY.items()}
    outputs = outputs_of(none, binary)
    result = client.infer(MODEL, inputs_of(none, binary), outputs=outputs)
    assert {len(result.as_numpy(output_of(name))) for name in none} == {0}


@pytest.mark.parametrize("answer", ["gzip", "deflate", None])
@pytest.mark.parametrize("request_", ["gzip", "deflate", None])
def test_both_directions_may_be_compressed(
    request_: str | None, answer: str | None, client: Any
) -> None:
    result = client.infer(
        MODEL,
        inputs_of(EVERY, True),
        request_compression_algorithm=request_,
        response_compression_algorithm=answer,
    )
    assert_same(result, EVERY)


def test_requests_may_run_side_by_side_on_few_connections(client: Any) -> None:
    waiting = [
        client.async_infer(MODEL, inputs_of(EVERY, True), request_id=str(number))
        for number in range(8)
    ]
    for number, one in enumerate(waiting):
        result = one.get_result()
        assert result.get_response()["id"] == str(number)
        assert_same(result, EVERY)


def test_the_best_classes_are_told(client: Any) -> None:
    output = InferRequestedOutput("out_fp32", class_count=2)
    result = client.infer(MODEL, inputs_of(EVERY, True), outputs=[output])
    least_most = [float(value) for value in sorted(EVERY["in_fp32"][0])]
    best = [text.decode().partition(":")[0] for text in result.as_numpy("out_fp32")[0]]
    assert [float(text) for text in best] == pytest.approx([least_most[-1], least_most[-2]])


def without(name: str) -> list[Any]:
    """Return all inputs but one."""
    return inputs_of({n: array for n, array in EVERY.items() if n != name}, True)


def renamed(name: str, array: Any) -> list[Any]:
    """Return all inputs, `in_fp32` being another."""
    return without("in_fp32") + inputs_of({name: array}, True)


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "unknown model": ({"model_name": "other"}, "404", "no model other"),
    "unknown version": ({"model_version": "9"}, "404", "in version 9"),
    "missing input": ({"inputs": without("in_bool")}, "400", "'in_bool' is missing"),
    "unknown input": ({"inputs": renamed("x", EVERY["in_fp32"])}, "400", "no input 'x'"),
    "another datatype": ({"inputs": renamed("in_fp32", EVERY["in_fp64"])}, "400", "FP32"),
    "another rank": ({"inputs": renamed("in_fp32", EVERY["in_fp32"][0])}, "400", "FP32"),
    "unknown output": ({"outputs": [InferRequestedOutput("y")]}, "400", "no output 'y'"),
    "a sequence": ({"sequence_id": 1, "sequence_start": True}, "400", "sequence"),
    "no time": ({"timeout": 1}, "504", "deadline"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_the_reason_of_a_refusal_is_readable(name: str, client: Any) -> None:
    arguments, status, words = REFUSED[name]
    given = {"model_name": MODEL, "inputs": inputs_of(EVERY, True)} | arguments
    with pytest.raises(InferenceServerException, match=words) as refusal:
        client.infer(**given)
    assert refusal.value.status() == status
    assert client.is_server_live()


def test_what_the_service_does_not_have_is_told_readably(client: Any) -> None:
    for ask in (client.get_model_repository_index, client.get_system_shared_memory_status):
        with pytest.raises(InferenceServerException, match="nothing at"):
            ask()


def test_no_number_comes_back_in_binary_alone(client: Any) -> None:
    nan = {**EVERY, "in_fp32": np.full((1, 3), np.nan, np.float32)}
    assert_same(client.infer(MODEL, inputs_of(nan, True)), nan)
    with pytest.raises(InferenceServerException, match="not finite"):
        client.infer(MODEL, inputs_of(nan, True), outputs=outputs_of(nan, False))
