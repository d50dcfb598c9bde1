"""Images over HTTP: as JSON, as a raw body, and as the files of a form."""

import base64
import io

import pytest
from flask.testing import FlaskClient

from model_service.model_folder import GoldenExamples


def test_json_raw_and_multipart_give_the_same_answer(
    client: FlaskClient, golden: GoldenExamples
) -> None:
    instance = golden.instances[0]
    data = base64.b64decode(instance["b64"])
    from_json = client.post("/predict", json={"instances": [instance]})
    raw = client.post("/predict", data=data, content_type="image/png")
    upload = client.post("/predict", data={"file": (io.BytesIO(data), "photo.png")})
    assert from_json.status_code == raw.status_code == upload.status_code == 200
    assert from_json.json == raw.json == upload.json


@pytest.mark.parametrize(
    ("content_type", "status", "code"),
    [
        ("image/png", 422, "invalid_instance"),
        ("image/tiff", 415, "unsupported_media_type"),
        ("multipart/form-data; boundary=b", 400, "invalid_request"),
    ],
)
def test_a_broken_upload_is_answered_with_its_code(
    content_type: str, status: int, code: str, client: FlaskClient
) -> None:
    response = client.post("/predict", data=b"broken", content_type=content_type)
    assert response.json is not None
    assert (response.status_code, response.json["code"]) == (status, code)
