"""What is told of service and model are the words of the protocol for what the card says."""

import pytest

from model_service.openinference import metadata
from model_service.openinference.metadata import (
    model_config,
    model_metadata,
    server_metadata,
)

from ..cards import card
from .echo import ALL, echo_card


def test_the_service_tells_its_name_and_what_it_can_do() -> None:
    told = server_metadata()
    assert told["name"] == metadata.__name__.partition(".")[0]
    assert isinstance(told["version"], str)
    assert "binary_tensor_data" in told["extensions"]


def test_a_model_is_told_as_its_card_says() -> None:
    assert model_metadata(card(), "onnxruntime 1.22") == {
        "name": "smallest",
        "versions": ["1"],
        "platform": "onnxruntime_bin",
        "inputs": [{"name": "x", "datatype": "FP32", "shape": (-1, 3)}],
        "outputs": [{"name": "y", "datatype": "FP32", "shape": (-1, 2)}],
    }


def test_the_dimensions_of_a_configuration_are_those_of_a_row() -> None:
    told = model_config(echo_card(ALL, [-1, 2]), "echo 1", 8)
    assert (told["name"], told["max_batch_size"]) == ("echo", 8)
    kinds = {one["name"]: one["data_type"] for one in told["input"]}
    assert (kinds["in_fp16"], kinds["in_bytes"]) == ("TYPE_FP16", "TYPE_STRING")
    assert {one["dims"] for one in told["output"]} == {(2,)}


@pytest.mark.parametrize(
    ("file", "runtime", "platform"),
    [
        ("model.onnx", "onnxruntime 1.22", "onnxruntime_onnx"),
        ("saved_model", "tensorflow 2.21", "tensorflow_savedmodel"),
        ("weights/model.safetensors", "pytorch 2.13", "pytorch_safetensors"),
    ],
)
def test_the_platform_is_the_runtime_and_the_format(file: str, runtime: str, platform: str) -> None:
    artefact = {"file": file, "sha256": 64 * "0"}
    assert model_metadata(card(artefact=artefact), runtime)["platform"] == platform
