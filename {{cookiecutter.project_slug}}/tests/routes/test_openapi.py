"""The OpenAPI document has every route, and says of bodies and statuses what is so."""

from typing import Any

import jsonschema_rs
import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient

from model_service import errors
from model_service.app import create_app
from model_service.engine import Engine
from model_service.model_folder import GoldenExamples, ModelFolder
from model_service.preprocessing import KIND
from model_service.routes.documented import documentation_of
from model_service.routes.openapi import LONGEST_EXAMPLE
from model_service.settings import Settings

KEY = "a-key-of-this-very-test"
FAILURES = (
    ("POST", "/predict", b"", 400),
    ("POST", "/predict", b'{"instances": [null]}', 422),
    ("GET", "/assets/nothing", b"", 404),
)


@pytest.fixture(scope="module")
def document(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI document of the service."""
    answer: dict[str, Any] = msgspec.json.decode(app.test_client().get("/openapi.json").data)
    return answer


def assert_fits(value: object, schema: dict[str, Any], document: dict[str, Any]) -> None:
    """Check a value against a schema of the document."""
    whole = {**schema, "components": document["components"]}
    jsonschema_rs.validator_for(whole).validate(value)


def named(schema: str) -> dict[str, Any]:
    """Return a reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{schema}"}


def test_every_route_says_what_it_does(app: Flask) -> None:
    silent = [rule.rule for rule, documentation in documentation_of(app) if not documentation]
    assert not silent, f"put @documented(Documentation(...)) below the routes of {silent}"


def test_it_has_every_route_with_its_method(app: Flask, document: dict[str, Any]) -> None:
    paths = {path: set(operations) for path, operations in document["paths"].items()}
    assert document["openapi"] == "3.1.0"
    assert paths["/predict"] == {"post"}
    assert paths["/readyz"] == {"get"}
    assert len(paths) == len({rule.rule for rule in app.url_map.iter_rules()})
    assert not [path for path in paths if "<" in path]


def test_it_is_of_this_model(document: dict[str, Any], model: ModelFolder) -> None:
    assert document["info"]["title"] == model.card.name
    assert document["info"]["version"] == model.card.version
    label = document["components"]["schemas"]["Prediction"]["properties"]["label"]
    assert label["enum"] == list(model.labels())


def test_golden_instances_and_their_predictions_fit(
    document: dict[str, Any], golden: GoldenExamples, client: FlaskClient
) -> None:
    for instance in golden.instances:
        body = {"instances": [instance]}
        assert_fits(body, named("PredictRequest"), document)
        answer = client.post("/predict", json=body).json
        assert_fits(answer, named("PredictResponse"), document)


@pytest.mark.parametrize("instance", [None, True, {}, [[]], {"no such": "instance"}])
def test_what_is_no_instance_does_not_fit(instance: object, document: dict[str, Any]) -> None:
    with pytest.raises(jsonschema_rs.ValidationError):
        assert_fits(instance, named("Instance"), document)


def test_the_example_is_a_golden_instance(document: dict[str, Any], golden: GoldenExamples) -> None:
    body = document["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"]
    assert body["example"] == {"instances": golden.instances[:1]}
    assert len(msgspec.json.encode(body["example"])) < LONGEST_EXAMPLE + 100


def test_readiness_and_health_fit(document: dict[str, Any], client: FlaskClient) -> None:
    assert_fits(client.get("/healthz").json, named("Health"), document)
    assert_fits(client.get("/readyz").json, named("Readiness"), document)


@pytest.mark.parametrize(("method", "path", "body", "status"), FAILURES)
def test_a_failure_has_a_documented_status_and_body(
    method: str, path: str, body: bytes, status: int, document: dict[str, Any], client: FlaskClient
) -> None:
    answer = client.open(path, method=method, data=body)
    rule = path.replace("nothing", "{part}")
    responses = document["paths"][rule][method.lower()]["responses"]
    assert answer.status_code == status
    assert str(status) in responses
    assert_fits(answer.json, named("ErrorBody"), document)


def test_every_error_that_a_caller_may_get_is_documented(document: dict[str, Any]) -> None:
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    answers = [answer for operation in operations for answer in operation["responses"].values()]
    codes = {code for answer in answers for code in answer["description"].split(", ")}
    raised = set(errors.ServiceError.__subclasses__()) - {errors.StartupError, errors.Unauthorized}
    assert {error.code for error in raised} <= codes
    busy = document["paths"]["/predict"]["post"]["responses"]["503"]
    assert "Retry-After" in busy["headers"]


def test_keys_are_asked_for_where_they_are_needed(settings: Settings, engine: Engine) -> None:
    keyed = create_app(msgspec.structs.replace(settings, api_keys=KEY), engine).test_client()
    assert keyed.get("/openapi.json").status_code == 401
    document = keyed.get("/openapi.json", headers={"X-API-Key": KEY}).json
    assert document is not None
    predict, ready = document["paths"]["/predict"]["post"], document["paths"]["/readyz"]["get"]
    assert predict["security"] == [{"bearer": []}, {"header": []}]
    assert "401" in predict["responses"]
    assert "security" not in ready


def test_files_are_taken_where_the_kind_of_input_is_one(document: dict[str, Any]) -> None:
    taken = set(document["paths"]["/predict"]["post"]["requestBody"]["content"])
    assert "application/json" in taken
    assert "multipart/form-data" in taken
    own = {"image": "image/png", "tensor": "application/x-npy", "text": "text/plain"}
    assert {kind for kind, media_type in own.items() if media_type in taken} == {KIND}


@pytest.mark.parametrize("rule", ["/v1/models/{name}:predict", "/v2/models/{name}/infer"])
def test_a_path_of_another_protocol_names_the_one_model(
    rule: str, document: dict[str, Any], model: ModelFolder
) -> None:
    operation = document["paths"][rule]["post"]
    (name,) = [one for one in operation["parameters"] if one["in"] == "path"]
    assert name["schema"]["const"] == model.card.name
    assert {"200", "400", "404", "422", "500", "503", "504"} <= operation["responses"].keys()


def test_predictions_of_v1_fit(
    document: dict[str, Any], golden: GoldenExamples, client: FlaskClient, model: ModelFolder
) -> None:
    path = f"/v1/models/{model.card.name}:predict"
    for form in ("instances", "inputs"):
        body = {form: golden.instances[:1]}
        assert_fits(body, named("V1Request"), document)
        assert_fits(client.post(path, json=body).json, named("V1Response"), document)
