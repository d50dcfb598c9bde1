"""Requests are written for the model that there is; `e2e/test_sample_requests.py` sends them."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from model_service.engine import Engine
from model_service.openinference.datatypes import (
    datatype_of,
)
from model_service.pipeline import Pipeline
from model_service.postprocessing import Postprocessor
from model_service.preprocessing import KIND, Preprocessor
from model_service.sample_requests import (
    LONGEST,
    PHOTO,
    Sampler,
    SampleRequest,
)
from model_service.settings import Settings
from model_service.startup import Running, start

from .openinference.echo import ALL, echoing

SETTINGS = Settings()
tensors = pytest.mark.skipif(KIND != "tensor", reason="the service chosen here takes no tensors")


def body_of(request: SampleRequest | None) -> Any:
    """Return the body that the Python of a request makes, which is that of its curl."""
    assert request is not None
    lines = request["python"].splitlines()
    (body,) = [eval(line[7:]) for line in lines if line.startswith("body = ")]  # noqa: S307
    printed, _, curl = request["curl"].rpartition("|\n")
    sent = curl.partition("-d '")[2].partition("'")[0]
    if printed:
        sent = subprocess.run(["sh", "-c", printed], capture_output=True, text=True).stdout
    assert msgspec.json.decode(sent) == body
    return body


@pytest.fixture
def running(settings: Settings, engine: Engine) -> Iterator[Running]:
    """Give the model of this service, and close its batcher."""
    started = start(settings, engine)
    yield started
    started.batcher.close()


def test_v2_has_the_models_own_names_datatypes_and_shapes(running: Running) -> None:
    tensors = body_of(Sampler(running, SETTINGS).v2())["inputs"]
    for tensor, spec in zip(tensors, running.model.card.inputs, strict=True):
        assert (tensor["name"], tensor["datatype"]) == (spec.name, datatype_of(spec.dtype))
        sizes = zip(spec.shape[1:], tensor["shape"][1:], strict=True)
        assert all(size in (-1, given) for size, given in sizes)
        assert len(tensor["data"]) == np.prod(tensor["shape"])


def test_a_model_of_several_inputs_has_them_all() -> None:
    inputs = body_of(Sampler(echoing(SETTINGS), SETTINGS).v2())["inputs"]
    assert [tensor["name"] for tensor in inputs] == list(ALL)
    assert {tensor["datatype"] for tensor in inputs} > {"BOOL", "BYTES", "FP16", "INT64"}
    assert {str(tensor["data"]) for tensor in inputs} == {"[False]", "['']", "[0]", "[0.0]"}


def test_long_inputs_are_zeros_that_are_written_short() -> None:
    wide = echoing(SETTINGS, {"in_fp32": "float32"}, (-1, 3, 224, 224))
    request = Sampler(wide, SETTINGS).v2()
    (tensor,) = body_of(request)["inputs"]
    assert tensor["shape"] == [1, 3, 224, 224]
    assert tensor["data"] == [0] * 3 * 224 * 224
    assert request is not None
    assert max(len(request["curl"]), len(request["python"])) < LONGEST


class Picky:
    """Runs what has 16 columns, as a network may that halves them."""

    def __init__(self, of: Engine) -> None:
        self._of = of

    def __getattr__(self, name: str) -> Any:
        return getattr(self._of, name)

    def run(self, inputs: Any) -> Any:
        if inputs["in_fp32"].shape[1] < 16:
            raise ValueError("too small")
        return self._of.run(inputs)


def test_an_open_size_is_one_that_the_model_runs() -> None:
    of = echoing(SETTINGS, {"in_fp32": "float32"}, (-1, -1))
    placement = of.placed.placement._replace(engine=Picky(of.engine))
    of.placed.placement = placement
    (tensor,) = body_of(Sampler(of, SETTINGS).v2())["inputs"]
    assert tensor["shape"] == [1, 16]


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::", "127.0.0.1"), ("::1", "[::1]")],
)
def test_the_address_is_one_that_can_be_asked(host: str, address: str, running: Running) -> None:
    request = Sampler(running, Settings(host=host, port=81)).v2()
    assert request is not None
    for text in (request["curl"], request["python"]):
        assert f"http://{address}:81/v2/models/" in text


def test_keys_come_from_the_environment_of_the_caller(running: Running) -> None:
    key = "a-key-that-nobody-shall-see"
    sampler = Sampler(running, Settings(api_keys=key))
    for request in (sampler.native(), sampler.v2()):
        assert request is not None
        assert key not in str(request)
        assert '"X-API-Key: $API_KEY"' in request["curl"]
        assert '"X-API-Key": os.environ["API_KEY"]' in request["python"]


@pytest.mark.skipif(KIND != "image", reason="the service chosen here takes no images")
def test_without_an_example_a_file_of_the_reader_stands_there(
    copied_model: Path, running: Running
) -> None:
    for file in (copied_model / "examples").iterdir():
        file.unlink()
    emptied = replace(running, model=replace(running.model, path=copied_model))
    request = Sampler(emptied, SETTINGS).native()
    assert request is not None
    assert PHOTO in request["curl"]
    assert PHOTO in request["python"]


def test_a_model_that_takes_arrays_alone_has_no_native_request(running: Running) -> None:
    of = msgspec.structs.replace(running.model.card, native=False)
    arrays = replace(running, model=replace(running.model, card=of))
    assert Sampler(arrays, SETTINGS).native() is None


def served(of: Running) -> Running:
    """Return an echoing model that takes instances, too."""
    ends = Preprocessor(of.model.card, SETTINGS), of.batcher, Postprocessor(of.model)
    return replace(of, pipeline=Pipeline(*ends))


@tensors
def test_instances_are_objects_of_named_features(running: Running) -> None:
    (instance,) = body_of(Sampler(running, SETTINGS).native())["instances"]
    assert list(instance) == running.model.card.preprocessing["features"]


@tensors
def test_instances_of_several_inputs_are_objects_of_them() -> None:
    several = served(echoing(SETTINGS, {"in_fp32": "float32", "in_bytes": "object"}, (-1, 2)))
    body = body_of(Sampler(several, SETTINGS).native())
    assert body == {"instances": [{"in_fp32": [0, 0], "in_bytes": ["", ""]}]}


@tensors
def test_what_no_instance_expresses_has_no_native_request() -> None:
    of = served(echoing(SETTINGS, {"in_fp32": "float32"}, (-1, 2)))
    of = replace(of, examples=(["no number", 1],))
    assert Sampler(of, SETTINGS).native() is None
