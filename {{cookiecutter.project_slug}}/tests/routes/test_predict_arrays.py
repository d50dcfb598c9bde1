"""Answers of `POST /predict` as arrays, where the predictions are some and who asks takes them."""

import numpy as np
import pytest
from flask.testing import FlaskClient

from model_service.errors import NotAcceptable
from model_service.model_card import TensorSpec
from model_service.model_folder import GoldenExamples, ModelFolder
from model_service.npy import MEDIA_TYPE, read_npy
from model_service.routes.predict import array_of

from ..predictions import assert_alike

OUTPUT = TensorSpec(name="y", dtype="float16", shape=(-1, 2))


@pytest.mark.parametrize(
    "accept", [MEDIA_TYPE, f"{MEDIA_TYPE}, */*;q=0.1", f"application/json;q=0.5, {MEDIA_TYPE}"]
)
def test_outputs_come_as_an_array(
    accept: str, raw_client: FlaskClient, golden: GoldenExamples, model: ModelFolder
) -> None:
    answer = raw_client.post(
        "/predict", json={"instances": golden.instances[:1]}, headers={"Accept": accept}
    )
    assert (answer.status_code, answer.content_type) == (200, MEDIA_TYPE)
    assert "model;dur=" in answer.headers["Server-Timing"]
    array = read_npy(answer.data)
    (wanted,) = golden.outputs.values()
    assert array.dtype == model.card.outputs[0].dtype
    assert_alike(array.tolist(), wanted[:1], model.card.golden.tolerance)


@pytest.mark.parametrize(
    "accept", ["", "*/*", "application/*", "application/json", f"application/json, {MEDIA_TYPE}"]
)
def test_who_takes_json_gets_json(
    accept: str, raw_client: FlaskClient, golden: GoldenExamples
) -> None:
    answer = raw_client.post(
        "/predict", json={"instances": golden.instances[:1]}, headers={"Accept": accept}
    )
    assert (answer.status_code, answer.content_type) == (200, "application/json")


def test_a_prediction_that_is_no_array_comes_as_json_or_not_at_all(
    client: FlaskClient, golden: GoldenExamples
) -> None:
    def ask(accept: str) -> tuple[int, object]:
        body = {"instances": golden.instances[:1]}
        answer = client.post("/predict", json=body, headers={"Accept": accept})
        assert answer.json is not None
        return answer.status_code, answer.json.get("code")

    assert ask(MEDIA_TYPE) == (406, "not_acceptable")
    assert ask(f"{MEDIA_TYPE}, application/json;q=0.1") == (200, None)


def test_an_error_is_json_also_for_who_wants_an_array(raw_client: FlaskClient) -> None:
    answer = raw_client.post("/predict", json={"instances": [None]}, headers={"Accept": MEDIA_TYPE})
    assert (answer.status_code, answer.content_type) == (422, "application/json")


def test_predictions_are_stacked_in_the_dtype_of_the_output() -> None:
    array = array_of([[1.0, 2.0], [3.0, 4.0]], OUTPUT)
    assert array.dtype == np.float16
    assert array.tolist() == [[1, 2], [3, 4]]
    assert array_of([], OUTPUT).shape == (0,)


def test_predictions_of_several_shapes_are_no_array() -> None:
    with pytest.raises(NotAcceptable, match="one shape"):
        array_of([[1.0, 2.0], [3.0]], OUTPUT)
