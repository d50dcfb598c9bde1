"""Numbers over HTTP: as JSON, as an array, and as the files of a form."""

import io
from typing import Any

import msgspec
import numpy as np
import pytest
from flask.testing import FlaskClient

from model_service import batching
from model_service.arrays import Array
from model_service.model_folder import GoldenExamples, ModelFolder
from model_service.npy import MEDIA_TYPE, write_npy
from model_service.preprocessing import KIND, Preprocessor
from model_service.settings import Settings

from ..predictions import assert_alike

pytestmark = pytest.mark.skipif(KIND != "tensor", reason="the service chosen here takes images")
TOLERANCE = 1e-6  # features are narrowed once in both ways, and runs may have more rows in one
ONE_A_REQUEST = "max_batch_size" in batching.IGNORED_SETTINGS


@pytest.fixture(scope="module")
def rows(golden: GoldenExamples, model: ModelFolder) -> Array:
    """Return the golden instances as the model takes them."""
    preprocess = Preprocessor(model.card, Settings())
    name = model.card.inputs[0].name
    return np.stack([preprocess(instance)[name] for instance in golden.instances])


def predictions(client: FlaskClient, **request: Any) -> list[Any]:
    """Return the predictions of a request that succeeds."""
    answer = client.post("/predict", **request)
    assert answer.status_code == 200, answer.json
    assert answer.json is not None
    found: list[Any] = answer.json["predictions"]
    return found


def test_json_array_and_files_give_the_same_answer(
    client: FlaskClient, golden: GoldenExamples, rows: Array
) -> None:
    body = {"instances": golden.instances[:1]}
    file, array = io.BytesIO(msgspec.json.encode(body)), write_npy(rows[:1])
    wanted = predictions(client, json=body)
    assert_alike(predictions(client, data=array, content_type=MEDIA_TYPE), wanted, TOLERANCE)
    assert predictions(client, data={"file": (file, "instances.json")}) == wanted
    files = {"file": (io.BytesIO(array), "rows.npy")}
    assert_alike(predictions(client, data=files), wanted, TOLERANCE)


@pytest.mark.skipif(ONE_A_REQUEST, reason="this service takes one instance a request")
@pytest.mark.parametrize("layout", [np.ascontiguousarray, np.asfortranarray])
def test_rows_stay_in_order(
    layout: Any, client: FlaskClient, golden: GoldenExamples, rows: Array
) -> None:
    wanted = predictions(client, json={"instances": golden.instances})
    array = write_npy(layout(rows))
    assert_alike(predictions(client, data=array, content_type=MEDIA_TYPE), wanted, TOLERANCE)
    one = io.BytesIO(msgspec.json.encode({"instances": golden.instances[:1]}))
    files = {"files": [(one, "one.json"), (io.BytesIO(array), "all.npy")]}
    assert_alike(predictions(client, data=files), [wanted[0], *wanted], TOLERANCE)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"broken", 400, "invalid_request"),
        (b"\x93NUMPY", 400, "invalid_request"),
        (write_npy(np.zeros((1, 0), np.float32)), 422, "invalid_instance"),
        (write_npy(np.zeros((1, 5000), np.float32)), 422, "invalid_instance"),
        (write_npy(np.array([["word"]])), 422, "invalid_instance"),
        (write_npy(np.zeros((10**5, 1), np.uint8)), 422, "too_many_instances"),
        (write_npy(np.zeros((2**40, 0), np.uint8)), 422, "too_many_instances"),
    ],
    ids=["text", "cut", "no columns", "columns", "words", "rows", "rows of nothing"],
)
def test_an_array_that_does_not_fit_is_answered_with_its_code(
    body: bytes, status: int, code: str, client: FlaskClient
) -> None:
    raw: dict[str, Any] = {"data": body, "content_type": MEDIA_TYPE}
    for request in (raw, {"data": {"file": (io.BytesIO(body), "rows.npy")}}):
        response = client.post("/predict", **request)
        assert response.json is not None
        assert (response.status_code, response.json["code"]) == (status, code)
