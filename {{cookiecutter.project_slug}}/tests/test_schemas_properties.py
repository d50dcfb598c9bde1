"""Whatever the bytes of a request are: its instances come out, or an error of the service."""

import contextlib
import json

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from model_service.errors import InvalidRequest, UnsupportedMediaType
from model_service.schemas import parse_json

from .test_schemas import BOUNDARY, MULTIPART, multipart, parse
from .values import JSON_VALUES

TYPES = st.sampled_from(
    [
        "application/json",
        "application/json; charset=utf-16",
        "image/png",
        MULTIPART,
        "multipart/form-data; boundary*=utf-8''%e2%82%ac",
        "multipart/form-data; boundary=" + 200 * "a",
    ]
)
PIECES = st.sampled_from(
    [
        *(
            b"--",
            b"\r\n",
            b"\n",
            b'"',
            b"\\u",
            b"\xff",
            b"\0",
            b"[",
            b"{",
            b"}",
            b"]",
            b"NaN",
            b"1",
        ),
        f"--{BOUNDARY}".encode(),
        b'Content-Disposition: form-data; name="a"; filename="b"',
        b"Content-Type: image/png",
        b'{"instances": [',
    ]
)
BODIES = st.binary() | st.lists(PIECES).map(b"".join)
quickly = hypothesis_settings(deadline=None, max_examples=200)


@quickly
@given(body=BODIES, content_type=TYPES | st.text(st.characters(codec="latin-1")))
def test_any_bytes_are_instances_or_an_error(body: bytes, content_type: str) -> None:
    with contextlib.suppress(InvalidRequest, UnsupportedMediaType):
        assert isinstance(parse(body, content_type), list)


@quickly
@given(value=JSON_VALUES | st.fixed_dictionaries({"instances": JSON_VALUES}))
def test_any_json_is_a_list_of_instances_or_an_error(value: object) -> None:
    instances = value.get("instances") if isinstance(value, dict) and len(value) == 1 else None
    try:
        parsed = parse_json(json.dumps(value).encode())
    except InvalidRequest:
        assert not isinstance(instances, list)
    else:
        assert isinstance(instances, list)
        assert len(parsed) == len(instances)


@quickly
@given(instances=st.lists(JSON_VALUES))
def test_instances_come_out_as_they_went_in(instances: list[object]) -> None:
    body = json.dumps({"instances": instances})
    assert repr(parse_json(body.encode())) == repr(json.loads(body)["instances"])


@quickly
@given(files=st.lists(st.binary(), min_size=1))
def test_files_come_out_as_they_went_in(files: list[bytes]) -> None:
    body = multipart(*(('name="file"; filename="f"', file) for file in files))
    assert parse(body, MULTIPART) == files
