"""`:predict` of V1: what clients of TensorFlow Serving and of KServe send and get."""

from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient

from model_service import batching
from model_service.app import create_app
from model_service.engine import Engine
from model_service.errors import (
    InvalidRequest,
    TooManyInstances,
)
from model_service.model_folder import GoldenExamples, ModelFolder
from model_service.preprocessing import KIND
from model_service.routes.v1_predict import (
    columns_of,
    instances_of,
)
from model_service.schemas import V1Request
from model_service.settings import Settings

from ..cards import card
from ..predictions import assert_alike

ONE_A_REQUEST = "max_batch_size" in batching.IGNORED_SETTINGS
X = {"name": "x", "dtype": "float32", "shape": [-1, 3]}
TWO = [X, {"name": "z", "dtype": "int64", "shape": [-1]}]


@pytest.fixture(params=["", "/versions/"], ids=["the model", "its version"])
def path(request: pytest.FixtureRequest, model: ModelFolder) -> str:
    """Return the path of the model, without and with its version."""
    version = f"{request.param}{model.card.version}" if request.param else ""
    return f"/v1/models/{model.card.name}{version}"


def refusal(client: FlaskClient, path: str, body: object) -> tuple[int, str]:
    """Return status and code of a request that fails."""
    response = client.post(path, json=body)
    assert response.json is not None
    assert response.json.keys() == {"error", "code", "request_id"}
    return response.status_code, response.json["code"]


def test_instances_get_the_predictions_of_the_native_route(
    path: str, client: FlaskClient, golden: GoldenExamples
) -> None:
    for instance in golden.instances:
        body = {"instances": [instance]}
        answer = client.post(f"{path}:predict", json=body)
        assert answer.status_code == 200
        assert answer.json == client.post("/predict", json=body).json
        assert "model;dur=" in answer.headers["Server-Timing"]


def test_inputs_get_the_same_values_by_column(
    path: str, client: FlaskClient, golden: GoldenExamples
) -> None:
    instance = golden.instances[0]
    rows = client.post(f"{path}:predict", json={"instances": [instance]})
    columns = client.post(f"{path}:predict", json={"inputs": [instance]})
    assert rows.json is not None
    assert columns.json == {"outputs": columns_of(rows.json["predictions"])}


def test_the_one_input_may_be_named_in_rows_and_columns(
    path: str, client: FlaskClient, golden: GoldenExamples, model: ModelFolder
) -> None:
    name = "text" if KIND == "text" else model.card.inputs[0].name
    instance = golden.instances[1]
    wanted = client.post("/predict", json={"instances": [instance]})
    assert wanted.json is not None
    predictions = wanted.json["predictions"]
    rows = client.post(f"{path}:predict", json={"instances": [{name: instance}]})
    assert rows.json == {"predictions": predictions}
    columns = client.post(f"{path}:predict", json={"inputs": {name: [instance]}})
    assert columns.json == {"outputs": columns_of(predictions)}


@pytest.mark.skipif(ONE_A_REQUEST, reason="this service takes one instance a request")
def test_the_order_is_kept(path: str, client: FlaskClient, golden: GoldenExamples) -> None:
    instances = [*reversed(golden.instances), golden.instances[0]]
    single = [client.post("/predict", json={"instances": [one]}).json for one in instances]
    labels = [one["predictions"][0]["label"] for one in single if one]
    columns = client.post(f"{path}:predict", json={"inputs": instances}).json
    assert columns is not None
    assert columns["outputs"]["label"] == labels


def test_no_instances_get_no_predictions(path: str, client: FlaskClient) -> None:
    answers: dict[str, object] = {"instances": {"predictions": []}, "inputs": {"outputs": []}}
    for key, answer in answers.items():
        assert client.post(f"{path}:predict", json={key: []}).json == answer


def test_a_raw_task_gives_the_output_rows(
    raw_client: FlaskClient, golden: GoldenExamples, model: ModelFolder
) -> None:
    url = f"/v1/models/{model.card.name}:predict"
    (wanted,) = [rows[0] for rows in golden.outputs.values()]
    tolerance = model.card.golden.tolerance
    for key, answer in {"instances": "predictions", "inputs": "outputs"}.items():
        told = raw_client.post(url, json={key: golden.instances[:1]}).json
        assert_alike(told, {answer: [wanted]}, tolerance)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid_request"),
        ([], "invalid_request"),
        ({"instances": None}, "invalid_request"),
        ({"instances": [], "inputs": []}, "invalid_request"),
        ({"instances": [], "signature_name": "other"}, "invalid_request"),
        ({"instances": [], "parameters": {"k": 1}}, "invalid_request"),
        ({"inputs": {}}, "invalid_request"),
        ({"inputs": {"b64": "AAAA"}}, "invalid_request"),
        ({"inputs": {"x": [1], "y": [1, 2]}}, "invalid_request"),
        ({"inputs": {"no such": [1]}}, "invalid_instance"),
        ({"instances": [{"no such": 1}]}, "invalid_instance"),
        ({"instances": [None]}, "invalid_instance"),
    ],
    ids=str,
)
def test_what_is_no_request_is_told(
    body: object, code: str, path: str, client: FlaskClient
) -> None:
    status = {"invalid_request": 400, "invalid_instance": 422}[code]
    assert refusal(client, f"{path}:predict", body) == (status, code)


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_the_body_is_json_whatever_its_type(
    content_type: str, path: str, client: FlaskClient
) -> None:
    for body, status in {b'{"inputs": []}': 200, b"\x89PNG": 400, b"": 400}.items():
        answer = client.post(f"{path}:predict", data=body, content_type=content_type)
        assert answer.status_code == status


def test_the_limits_and_keys_of_the_native_route_hold(
    settings: Settings, engine: Engine, golden: GoldenExamples, model: ModelFolder
) -> None:
    key = "a-key-of-this-very-test"
    own = msgspec.structs.replace(settings, api_keys=key, queue_rows=1, max_body_bytes=2**20)
    client = create_app(own, engine).test_client()
    url = f"/v1/models/{model.card.name}"
    assert client.get(url).status_code == client.post(f"{url}:predict").status_code == 401
    client.environ_base["HTTP_X_API_KEY"] = key
    two = {"instances": 2 * golden.instances[:1]}
    assert refusal(client, f"{url}:predict", two) == (422, "too_many_instances")
    assert client.post(f"{url}:predict", data=bytes(2**20 + 1)).status_code == 413
    late = client.post(f"{url}:predict", json=two, headers={"X-Request-Timeout-Ms": "1e-9"})
    assert late.status_code == 504


def rows(asked: dict[str, Any], **changes: object) -> list[Any]:
    """Return the rows of a request to a model whose card has these changes."""
    return instances_of(msgspec.convert(asked, V1Request), card(**changes), 3)


def test_columns_become_rows() -> None:
    columns = {"x": [[1, 2, 3], [4, 5, 6]], "z": [7, 8]}
    wanted = [{"x": [1, 2, 3], "z": 7}, {"x": [4, 5, 6], "z": 8}]
    assert rows({"inputs": columns}, inputs=TWO) == wanted
    assert rows({"instances": wanted}, inputs=TWO) == wanted
    assert rows({"inputs": {"a": [1, 2], "b": [3, 4]}}) == [{"a": 1, "b": 3}, {"a": 2, "b": 4}]


def test_a_feature_that_has_the_name_of_the_input_stays_one() -> None:
    one = [{"name": "x", "dtype": "float32", "shape": [-1, 1]}]
    preprocessing = {"features": ["x"]}
    asked = {"instances": [{"x": 1}]}
    assert rows(asked, inputs=one) == [1]
    assert rows(asked, inputs=one, preprocessing=preprocessing) == [{"x": 1}]


def test_longer_columns_than_fit_are_refused_before_they_are_turned() -> None:
    with pytest.raises(TooManyInstances, match="4 instances"):
        rows({"inputs": {"a": [1, 2, 3, 4]}})


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="equally long"):
        rows({"inputs": {"a": [1], "b": []}})


def test_predictions_are_laid_out_by_column() -> None:
    assert columns_of([{"a": 1, "b": [2]}, {"a": 3, "b": [4]}]) == {"a": [1, 3], "b": [[2], [4]]}
    assert columns_of([[1.0], [2.0]]) == [[1.0], [2.0]]
    assert columns_of([]) == []
