"""What is told of service and model are the words of the protocol for what the card says."""

from dataclasses import replace
from pathlib import Path

import pytest

from model_service.model_folder import ModelFolder
from model_service.openinference import metadata
from model_service.openinference.metadata import (
    model_config,
    model_metadata,
    server_metadata,
)
from model_service.settings import Settings
from model_service.startup import Running

from ..cards import card
from .echo import echoing


@pytest.fixture
def running() -> Running:
    """Return a model of a text and a half as inputs."""
    return echoing(Settings(), {"in_a": "object", "in_b": "float16"}, (-1, 2))


def test_the_service_tells_its_name_and_what_it_can_do() -> None:
    told = server_metadata()
    assert told["name"] == metadata.__name__.partition(".")[0]
    assert isinstance(told["version"], str)
    assert "binary_tensor_data" in told["extensions"]


def test_a_model_is_told_as_its_card_says(running: Running) -> None:
    assert model_metadata(running) == {
        "name": "echo",
        "versions": ["3"],
        "platform": "echo_bin",
        "inputs": [
            {"name": "in_a", "datatype": "BYTES", "shape": (-1, 2)},
            {"name": "in_b", "datatype": "FP16", "shape": (-1, 2)},
        ],
        "outputs": [
            {"name": "out_a", "datatype": "BYTES", "shape": (-1, 2)},
            {"name": "out_b", "datatype": "FP16", "shape": (-1, 2)},
        ],
    }


def test_the_dimensions_of_a_configuration_are_those_of_a_row(running: Running) -> None:
    told = model_config(running)
    assert (told["name"], told["max_batch_size"]) == ("echo", running.batcher.max_rows)
    assert told["input"] == [
        {"name": "in_a", "data_type": "TYPE_STRING", "dims": (2,)},
        {"name": "in_b", "data_type": "TYPE_FP16", "dims": (2,)},
    ]
    assert [one["name"] for one in told["output"]] == ["out_a", "out_b"]


@pytest.mark.parametrize(
    ("file", "platform"),
    [
        ("model.onnx", "echo_onnx"),
        ("saved_model", "echo_savedmodel"),
        ("weights/model.safetensors", "echo_safetensors"),
    ],
)
def test_the_platform_is_the_runtime_and_the_format(
    file: str, platform: str, running: Running
) -> None:
    folder = ModelFolder(Path(), card(artefact={"file": file, "sha256": 64 * "0"}))
    assert model_metadata(replace(running, model=folder))["platform"] == platform
