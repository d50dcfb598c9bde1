"""`POST /predict`: predictions in the order of the instances, or one JSON error."""

import re

import msgspec
import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient

from model_service import batching
from model_service.app import create_app
from model_service.arrays import Array, Arrays
from model_service.engine import Engine
from model_service.model_folder import GoldenExamples, ModelFolder
from model_service.postprocessing import Postprocessor
from model_service.routes.timeout import HEADER
from model_service.settings import Settings

from ..predictions import assert_alike

ONE_A_REQUEST = "max_batch_size" in batching.IGNORED_SETTINGS
UNFIT = {"no such": "instance"}


class FaultyEngine:
    """The real engine, until `fault` is told."""

    def __init__(self, engine: Engine) -> None:
        self.name, self.dtype = engine.name, engine.dtype
        self.device, self.threads = engine.device, engine.threads
        self.inputs, self.outputs = engine.inputs, engine.outputs
        self.fault = ""
        self._engine = engine

    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Run the model, raise, or return what is no number."""
        outputs = self._engine.run(inputs)
        if self.fault == "raises":
            raise RuntimeError("secret of the runtime")
        if self.fault == "not finite":
            return {name: np.full_like(values, np.nan) for name, values in outputs.items()}
        return outputs


@pytest.fixture(scope="module")
def expected(model: ModelFolder, golden: GoldenExamples) -> list[object]:
    """Return the predictions of the golden examples, from their golden outputs."""
    return [*Postprocessor(model)({n: np.asarray(rows) for n, rows in golden.outputs.items()})]


def code_of(client: FlaskClient, instances: list[object]) -> tuple[int, str, str]:
    """Return status, code and sentence of a request that fails."""
    response = client.post("/predict", json={"instances": instances})
    assert response.json is not None
    assert response.json["request_id"] == response.headers["X-Request-ID"]
    return response.status_code, response.json["code"], response.json["error"]


def test_each_golden_instance_gets_its_prediction(
    client: FlaskClient, golden: GoldenExamples, expected: list[object], model: ModelFolder
) -> None:
    for instance, wanted in zip(golden.instances, expected, strict=True):
        response = client.post("/predict", json={"instances": [instance]})
        assert (response.status_code, response.content_type) == (200, "application/json")
        assert_alike(response.json, {"predictions": [wanted]}, model.card.golden.tolerance)


@pytest.mark.skipif(ONE_A_REQUEST, reason="this service takes one instance a request")
def test_predictions_come_in_the_order_of_the_instances(
    client: FlaskClient, golden: GoldenExamples, expected: list[object], model: ModelFolder
) -> None:
    order = [*reversed(range(len(expected))), 0]
    response = client.post(
        "/predict", json={"instances": [golden.instances[index] for index in order]}
    )
    predictions = [expected[index] for index in order]
    assert_alike(response.json, {"predictions": predictions}, model.card.golden.tolerance)


def test_no_instances_get_no_predictions(client: FlaskClient) -> None:
    response = client.post("/predict", json={"instances": []})
    assert (response.status_code, response.json) == (200, {"predictions": []})


@pytest.mark.parametrize(
    ("method", "path", "body", "content_type", "status", "code"),
    [
        ("POST", "/predict", b"", "application/json", 400, "invalid_request"),
        ("POST", "/predict", b"[]", "application/json", 400, "invalid_request"),
        ("POST", "/predict", b"cat", "text/x-cat", 415, "unsupported_media_type"),
        ("GET", "/predict", b"", "", 405, "method_not_allowed"),
        ("PUT", "/predict", b"{}", "application/json", 405, "method_not_allowed"),
        ("POST", "/predict/", b"{}", "application/json", 404, "not_found"),
        ("POST", "/", b"{}", "application/json", 405, "method_not_allowed"),
    ],
)
def test_what_is_no_request_is_answered_with_a_json_error(
    method: str, path: str, body: bytes, content_type: str, status: int, code: str, app: Flask
) -> None:
    response = app.test_client().open(path, method=method, data=body, content_type=content_type)
    assert (response.status_code, response.content_type) == (status, "application/json")
    assert response.json is not None
    assert response.json.keys() == {"error", "code", "request_id"}
    assert response.json["code"] == code


@pytest.mark.parametrize("index", [0, 1, 4])
def test_an_instance_that_does_not_fit_is_named_by_its_place(
    index: int, client: FlaskClient, golden: GoldenExamples
) -> None:
    instances = [*[golden.instances[0]] * index, UNFIT, golden.instances[0]]
    status, code, sentence = code_of(client, instances)
    assert (status, code) == (422, "invalid_instance")
    assert sentence.startswith(f"Instance {index}: ")


def test_more_instances_than_ever_fit_are_refused(
    settings: Settings, engine: Engine, golden: GoldenExamples
) -> None:
    app = create_app(msgspec.structs.replace(settings, queue_rows=1), engine)
    status, code, _ = code_of(app.test_client(), 2 * golden.instances[:1])
    assert (status, code) == (422, "too_many_instances")


def test_a_body_over_the_limit_is_refused(settings: Settings, engine: Engine) -> None:
    client = create_app(msgspec.structs.replace(settings, max_body_bytes=8), engine).test_client()
    assert client.post("/predict", data=8 * b" ").status_code == 400
    response = client.post("/predict", data=9 * b" ")
    assert response.status_code == 413
    assert response.json is not None
    assert response.json["code"] == "body_too_large"


@pytest.mark.parametrize("fault", ["raises", "not finite"])
def test_a_fault_of_the_model_is_told_without_internals_and_passes(
    fault: str, settings: Settings, engine: Engine, golden: GoldenExamples
) -> None:
    faulty = FaultyEngine(engine)
    client = create_app(settings, faulty).test_client()
    faulty.fault = fault
    status, code, sentence = code_of(client, golden.instances[:1])
    assert (status, code) == (500, "model_fault")
    assert "secret" not in sentence
    faulty.fault = ""
    assert client.post("/predict", json={"instances": golden.instances[:1]}).status_code == 200


def test_the_time_of_each_step_and_the_rows_of_the_run_are_told(
    client: FlaskClient, golden: GoldenExamples
) -> None:
    response = client.post("/predict", json={"instances": golden.instances[:1]})
    *steps, batch = response.headers["Server-Timing"].split(", ")
    named = [re.fullmatch(r"(\w+);dur=\d+\.\d{3}", step) for step in steps]
    told = [step and step[1] for step in named]
    assert told == ["preprocess", "queue", "model", "postprocess"]
    assert batch == 'batch;desc="1"'


def test_a_caller_may_wait_less_and_must_say_how_long(
    client: FlaskClient, golden: GoldenExamples
) -> None:
    body = {"instances": golden.instances[:1]}
    assert client.post("/predict", json=body, headers={HEADER: "20000"}).status_code == 200
    refused = client.post("/predict", json=body, headers={HEADER: "soon"})
    assert refused.json is not None
    assert (refused.status_code, refused.json["code"]) == (400, "invalid_request")
    expired = client.post("/predict", json=body, headers={HEADER: "1e-9"})
    assert expired.json is not None
    assert (expired.status_code, expired.json["code"]) == (504, "deadline_exceeded")
