"""`infer` over HTTP: the model's own rows in, its outputs out, in every form that callers send."""

import gzip
import zlib
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest
from flask.testing import FlaskClient
from prometheus_client import REGISTRY
from werkzeug.test import TestResponse

from model_service import batching, service
from model_service.app import create_app, service_of
from model_service.arrays import Arrays
from model_service.engine import Engine
from model_service.model_folder import GoldenExamples, ModelFolder
from model_service.preprocessing import Preprocessor
from model_service.settings import Settings

from ..openinference.bodies import HEADER, infer_body, read_answer
from ..openinference.echo import ALL, echoing, output_of, values

ONE_A_REQUEST = "max_batch_size" in batching.IGNORED_SETTINGS
ECHO = "/v2/models/echo/infer"
X = {"in_x": np.array([[1, 2, 3]], np.float32)}
EVERY = {name: values(dtype, 400) for name, dtype in ALL.items()}
Code = Callable[[bytes], bytes]
BINARY = {"binary_data_output": True}


@pytest.fixture
def echo(settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """Return a client of a service that gives back what it is given, in every datatype."""
    monkeypatch.setattr(service, "start", lambda settings, _: echoing(settings))
    return create_app(settings, engine).test_client()


@pytest.fixture
def small(settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """Return a client of a service that gives back three numbers, and takes 1,000 bytes."""
    labels = ("a", "b", "c")
    changed = msgspec.structs.replace(settings, max_body_bytes=1000)
    monkeypatch.setattr(
        service,
        "start",
        lambda settings, _: echoing(settings, {"in_x": "float32"}, (-1, 3), labels),
    )
    return create_app(changed, engine).test_client()


def answer(response: TestResponse) -> tuple[dict[str, Any], Arrays]:
    """Return JSON and outputs of an answer whose head says what its body is."""
    assert response.status_code == 200, response.text
    header = response.headers.get(HEADER)
    assert response.content_type == (
        "application/json" if header is None else "application/octet-stream"
    )
    return read_answer(response.data, header)


def refusal(response: TestResponse) -> tuple[int, str]:
    """Return status and code of an error, which has the one body of errors."""
    assert response.json is not None
    assert response.json.keys() == {"error", "code", "request_id"}
    return response.status_code, response.json["code"]


@pytest.mark.parametrize("parameters", [{}, BINARY], ids=["to json", "to binary"])
@pytest.mark.parametrize("binary", [[], list(ALL), list(ALL)[::2]], ids=["json", "binary", "mixed"])
def test_each_datatype_comes_back_as_it_was_sent(
    binary: list[str], parameters: dict[str, bool], echo: FlaskClient
) -> None:
    body, headers = infer_body(EVERY, binary, id="one", parameters=parameters)
    told, outputs = answer(echo.post(ECHO, data=body, headers=headers))
    assert (told["model_name"], told["model_version"], told["id"]) == ("echo", "3", "one")
    assert list(outputs) == [output_of(name) for name in EVERY]
    for name, array in EVERY.items():
        np.testing.assert_array_equal(outputs[output_of(name)], array)


@pytest.mark.parametrize(
    ("coding", "pack", "unpack"),
    [("gzip", gzip.compress, gzip.decompress), ("deflate", zlib.compress, zlib.decompress)],
)
def test_bodies_and_answers_may_be_compressed(
    coding: str, pack: Code, unpack: Code, echo: FlaskClient
) -> None:
    body, headers = infer_body(EVERY, list(ALL), parameters=BINARY)
    headers |= {"Content-Encoding": coding, "Accept-Encoding": coding}
    response = echo.post(ECHO, data=pack(body), headers=headers)
    assert response.content_encoding == coding
    _, outputs = read_answer(unpack(response.data), response.headers[HEADER])
    np.testing.assert_array_equal(outputs["out_fp64"], EVERY["in_fp64"])


def test_golden_rows_get_golden_outputs(
    client: FlaskClient, settings: Settings, model: ModelFolder, golden: GoldenExamples
) -> None:
    preprocess = Preprocessor(model.card, settings)
    rows = [preprocess(instance) for instance in golden.instances]
    for index, row in enumerate(rows):
        inputs = {name: array[None] for name, array in row.items()}
        body, headers = infer_body(inputs, list(inputs), parameters=BINARY)
        path = f"/v2/models/{model.card.name}/versions/{model.card.version}/infer"
        _, outputs = answer(client.post(path, data=body, headers=headers))
        for name, expected in golden.outputs.items():
            tolerance = model.card.golden.tolerance
            np.testing.assert_allclose(outputs[name][0], expected[index], tolerance, tolerance)


@pytest.mark.skipif(ONE_A_REQUEST, reason="this service takes one instance a request")
def test_rows_come_back_in_their_order(small: FlaskClient) -> None:
    rows = np.arange(30, dtype=np.float32).reshape(10, 3)
    _, outputs = answer(small.post(ECHO, data=infer_body({"in_x": rows})[0]))
    np.testing.assert_array_equal(outputs["out_x"], rows)


def test_no_rows_get_no_rows(small: FlaskClient) -> None:
    for parameters in ({}, BINARY):
        body, _ = infer_body({"in_x": np.empty((0, 3), np.float32)}, parameters=parameters)
        _, outputs = answer(small.post(ECHO, data=body))
        assert outputs["out_x"].shape == (0, 3)


def test_a_body_may_be_nothing_but_the_bytes_of_the_input(small: FlaskClient) -> None:
    response = small.post(ECHO, data=X["in_x"].tobytes(), headers={HEADER: "0"})
    told, outputs = answer(response)
    assert "parameters" in told["outputs"][0]
    np.testing.assert_array_equal(outputs["out_x"], X["in_x"])


def test_the_best_classes_have_their_labels(small: FlaskClient) -> None:
    wanted = [{"name": "out_x", "parameters": {"classification": 2}}]
    _, outputs = answer(small.post(ECHO, data=infer_body(X, outputs=wanted)[0]))
    assert outputs["out_x"].tolist() == [["3.0:2:c", "2.0:1:b"]]


def test_no_number_comes_back_in_binary_alone(small: FlaskClient) -> None:
    nan = {"in_x": np.array([[np.nan, np.inf, 0]], np.float32)}
    body, headers = infer_body(nan, ["in_x"], parameters=BINARY)
    _, outputs = answer(small.post(ECHO, data=body, headers=headers))
    np.testing.assert_array_equal(outputs["out_x"], nan["in_x"])
    body, headers = infer_body(nan, ["in_x"])
    response = small.post(ECHO, data=body, headers=headers)
    assert refusal(response) == (500, "model_fault")


@pytest.mark.parametrize(
    "content_type", ["", "application/json; charset=utf-8", "application/octet-stream"]
)
def test_the_type_of_the_body_is_what_clients_say(content_type: str, small: FlaskClient) -> None:
    answer(small.post(ECHO, data=infer_body(X)[0], content_type=content_type))


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Content-Encoding": "br"}, (415, "unsupported_media_type")),
        ({"Content-Encoding": "gzip"}, (400, "invalid_request")),
        ({HEADER: "-1"}, (400, "invalid_request")),
        ({"X-Request-Timeout-Ms": "soon"}, (400, "invalid_request")),
        ({"X-Request-Timeout-Ms": "1e-9"}, (504, "deadline_exceeded")),
    ],
)
def test_a_head_that_cannot_be_followed_is_refused(
    headers: dict[str, str], expected: tuple[int, str], small: FlaskClient
) -> None:
    assert refusal(small.post(ECHO, data=infer_body(X)[0], headers=headers)) == expected


def test_a_body_over_the_limit_is_refused_whatever_it_is_packed_in(small: FlaskClient) -> None:
    assert refusal(small.post(ECHO, data=bytes(1001))) == (413, "body_too_large")
    for coding, pack in (("gzip", gzip.compress), ("deflate", zlib.compress)):
        packed = pack(bytes(2**20))
        response = small.post(ECHO, data=packed[:1000], headers={"Content-Encoding": coding})
        assert refusal(response) == (413, "body_too_large")


def test_the_timeout_of_a_request_is_its_deadline_in_microseconds(
    small: FlaskClient,
) -> None:
    def post(timeout: int) -> TestResponse:
        return small.post(ECHO, data=infer_body(X, parameters={"timeout": timeout})[0])

    answer(post(0))
    answer(post(20_000_000))
    assert refusal(post(1)) == (504, "deadline_exceeded")
    assert refusal(post(-1)) == (400, "invalid_request")


def test_another_method_or_model_is_told(small: FlaskClient) -> None:
    assert refusal(small.get(ECHO)) == (405, "method_not_allowed")
    assert refusal(small.post("/v2/models/other/infer")) == (404, "model_not_found")
    assert refusal(small.post("/v2/models/echo/versions/9/infer")) == (404, "model_not_found")


def test_requests_are_counted_by_their_route_and_told_their_time(small: FlaskClient) -> None:
    labels = {"route": "/v2/models/<name>/infer", "code": "200"}
    before = REGISTRY.get_sample_value("service_requests_total", labels) or 0
    response = small.post(ECHO, data=infer_body(X)[0])
    assert response.headers["Server-Timing"].startswith("queue;dur=")
    assert REGISTRY.get_sample_value("service_requests_total", labels) == before + 1


def test_more_requests_than_the_service_takes_are_refused(
    settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        service, "start", lambda settings, _: echoing(settings, {"in_x": "float32"})
    )
    app = create_app(msgspec.structs.replace(settings, queue_rows=1), engine)
    own = service_of(app)
    with own.in_flight:
        response = app.test_client().post(ECHO, data=infer_body(X)[0])
    assert refusal(response) == (503, "overloaded")
    answer(app.test_client().post(ECHO, data=infer_body(X)[0]))
