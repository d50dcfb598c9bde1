"""Text over HTTP: as JSON, as a raw body, and as the files of a form."""

import io

import pytest
from flask.testing import FlaskClient

from model_service import batching
from model_service.preprocessing import KIND

from ..predictions import assert_alike

pytestmark = pytest.mark.skipif(KIND != "text", reason="the service chosen here takes no text")
ONE_A_REQUEST = "max_batch_size" in batching.IGNORED_SETTINGS
TEXT = "Où est la gare ?"
TOLERANCE = 1e-4  # a row may share its run with others


def test_json_raw_and_multipart_give_the_same_answer(client: FlaskClient) -> None:
    answers = [
        client.post("/predict", json={"instances": [TEXT]}),
        client.post("/predict", json={"instances": [{"text": TEXT}]}),
        client.post("/predict", data=TEXT.encode(), content_type="text/plain"),
        client.post("/predict", data=TEXT.encode(), content_type="text/plain; charset=utf-8"),
        client.post("/predict", data={"file": (io.BytesIO(TEXT.encode() + b"\n"), "a.txt")}),
    ]
    assert [answer.status_code for answer in answers] == 5 * [200]
    assert all(answer.json == answers[0].json for answer in answers)


@pytest.mark.skipif(ONE_A_REQUEST, reason="this service takes one instance a request")
def test_texts_of_all_lengths_come_back_in_order(client: FlaskClient) -> None:
    texts = [n * f"{TEXT} " for n in (1, 40, 3, 12, 1, 500, 7)]
    alone = [client.post("/predict", json={"instances": [text]}).json for text in texts]
    together = client.post("/predict", json={"instances": texts}).json
    assert together is not None
    assert_alike(
        together["predictions"], [one["predictions"][0] for one in alone if one], TOLERANCE
    )


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"\xff\xfe", "text/plain", 422, "invalid_instance"),
        (b" \n", "text/plain", 422, "invalid_instance"),
        (b"text", "text/html", 415, "unsupported_media_type"),
        (b'{"instances": ["\\ud83d"]}', "application/json", 400, "invalid_request"),
        (
            b'{"instances": ["' + 100_001 * b"a" + b'"]}',
            "application/json",
            422,
            "invalid_instance",
        ),
    ],
    ids=["no UTF-8", "blank", "HTML", "half a character", "too long"],
)
def test_what_is_no_text_is_answered_with_its_code(
    body: bytes, content_type: str, status: int, code: str, client: FlaskClient
) -> None:
    response = client.post("/predict", data=body, content_type=content_type)
    assert response.json is not None
    assert (response.status_code, response.json["code"]) == (status, code)
