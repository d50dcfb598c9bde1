"""`/v1/models`: what clients of TensorFlow Serving and of KServe's V1 are told of the model."""

import pytest
from flask.testing import FlaskClient

from model_service.model_folder import ModelFolder
from model_service.routes.v1 import signature_of

from ..cards import card


@pytest.fixture(params=["", "/versions/"], ids=["the model", "its version"])
def path(request: pytest.FixtureRequest, model: ModelFolder) -> str:
    """Return the path of the model, without and with its version."""
    version = f"{request.param}{model.card.version}" if request.param else ""
    return f"/v1/models/{model.card.name}{version}"


def test_the_one_model_is_listed(client: FlaskClient, model: ModelFolder) -> None:
    assert client.get("/v1/models").json == {"models": [model.card.name]}


def test_its_state_is_told_as_both_servers_do(
    path: str, client: FlaskClient, model: ModelFolder
) -> None:
    told = client.get(path).json
    assert told is not None
    assert (told["name"], told["ready"]) == (model.card.name, True)
    (state,) = told["model_version_status"]
    assert (state["version"], state["state"]) == (model.card.version, "AVAILABLE")
    assert state["status"] == {"error_code": "OK", "error_message": ""}


def test_its_signature_is_told(path: str, client: FlaskClient, model: ModelFolder) -> None:
    told = client.get(f"{path}/metadata").json
    assert told is not None
    assert told["model_spec"]["name"] == model.card.name
    signature = told["metadata"]["signature_def"]["signature_def"]["serving_default"]
    assert signature["inputs"].keys() == {spec.name for spec in model.card.inputs}
    assert signature["outputs"].keys() == {spec.name for spec in model.card.outputs}


@pytest.mark.parametrize(
    "path",
    [
        "/v1/models/{name}x",
        "/v1/models/{name}/versions/{version}x",
        "/v1/models/..",
        "/v1/models/%2e%2e",
        "/v1/models/%C3%A9%F0%9F%98%80",
        "/v1/models/%00",
        "/v1/models/{name}%20",
        "/v1/models/{name}/versions/-1",
        "/v1/models/" + 2000 * "a",
    ],
)
def test_another_model_or_version_is_not_found(
    path: str, client: FlaskClient, model: ModelFolder
) -> None:
    path = path.format(name=model.card.name, version=model.card.version)
    asked = [client.get(path), client.get(f"{path}/metadata")]
    for response in [*asked, client.post(f"{path}:predict", json={"instances": []})]:
        assert response.json is not None
        assert (response.status_code, response.json["code"]) == (404, "model_not_found")
        assert model.card.name in response.json["error"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/models/{}:predict", 405),
        ("PUT", "/v1/models/{}:predict", 405),
        ("POST", "/v1/models/{}", 405),
        ("POST", "/v1/models/{}/metadata", 405),
        ("DELETE", "/v1/models", 405),
        ("POST", "/v1/models/{}:classify", 404),
        ("POST", "/v1/models/{}:predict:predict", 404),
        ("POST", "/v1/models/{}/predict", 404),
        ("POST", "/v1/models/{}:predict/", 404),
        ("POST", "/v1/models/:predict", 404),
        ("GET", "/v1/models/{}/labels/stable", 404),
        ("GET", "/v1/models/", 404),
        ("GET", "/v1", 404),
    ],
)
def test_other_methods_and_paths_are_told(
    method: str, path: str, status: int, client: FlaskClient, model: ModelFolder
) -> None:
    response = client.open(path.format(model.card.name), method=method, json={"instances": []})
    assert response.status_code == status
    assert response.json is not None
    assert response.json.keys() == {"error", "code", "request_id"}


def test_tensors_have_the_types_and_sizes_of_tensorflow() -> None:
    dtypes = {"float32": "DT_FLOAT", "uint8": "DT_UINT8", "bool": "DT_BOOL", "object": "DT_STRING"}
    inputs = [{"name": name, "dtype": name, "shape": [-1, 3]} for name in dtypes]
    told = signature_of(card(inputs=inputs))["metadata"]["signature_def"]["signature_def"]
    tensors = told["serving_default"]["inputs"]
    assert {name: tensor["dtype"] for name, tensor in tensors.items()} == dtypes
    sizes = tensors["bool"]["tensor_shape"]["dim"]
    assert [size["size"] for size in sizes] == ["-1", "3"]
