"""Request bytes: well-formed ones become instances, all others say what is wrong with them."""

import math
from collections.abc import Collection

import pytest

from model_service.errors import (
    InvalidRequest,
    TooManyInstances,
    UnsupportedMediaType,
)
from model_service.schemas import (
    V1Request,
    decode,
    parse_instances,
    parse_json,
)

IMAGES = frozenset({"image/png", "image/jpeg"})
BOUNDARY = "frontier"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


def parse(body: bytes, content_type: str, media_types: Collection[str] = IMAGES) -> list[object]:
    """Return the instances of a body whose files are an instance each."""
    return list(
        parse_instances(body, content_type, media_types, parse_json, lambda file: [file], 999)
    )


def multipart(*parts: tuple[str, bytes]) -> bytes:
    """Return a multipart body of (disposition, content) pairs."""
    head = "--{}\r\nContent-Disposition: form-data; {}\r\n\r\n"
    return (
        b"".join(
            head.format(BOUNDARY, disposition).encode() + content + b"\r\n"
            for disposition, content in parts
        )
        + f"--{BOUNDARY}--\r\n".encode()
    )


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON",
        "application/x-www-form-urlencoded",
        "",
    ],
)
def test_json_is_read_under_the_types_that_clients_send(content_type: str) -> None:
    assert parse(b'{"instances": [1]}', content_type, ()) == [1]


def test_the_order_and_the_kinds_of_instances_are_kept() -> None:
    instances = parse_json('{"instances": [null, true, 2, 2.5, "é", [[1]], {"a": {}}]}'.encode())
    assert instances == [None, True, 2, 2.5, "é", [[1]], {"a": {}}]


def test_numbers_that_are_not_finite_are_kept_for_the_instance_to_be_named() -> None:
    (values,) = parse_json(b'{"instances": [[NaN, Infinity, -Infinity, 1e999, 5]]}')
    assert isinstance(values, list)
    assert math.isnan(values[0])
    assert values[1:] == [math.inf, -math.inf, math.inf, 5]


def test_what_is_not_finite_may_stand_beside_a_character_of_two_escapes() -> None:
    assert parse_json(rb'{"instances": [Infinity, "\ud83d\ude00"]}') == [math.inf, "\U0001f600"]


@pytest.mark.parametrize(
    "body",
    [
        b" ",
        b"null",
        b"1",
        b'"instances"',
        b"[[1, 2]]",
        b"{}",
        b'{"instance": [1]}',
        b'{"inputs": [1]}',
        b'{"instances": null}',
        b'{"instances": 1}',
        b'{"instances": "1"}',
        b'{"instances": {"0": 1}}',
        b'{"instances": [1], "parameters": {}}',
        b'{"instances": NaN}',
        rb'{"instances": ["\ud800"]}',
        rb'{"instances": [NaN, "\uDFFF"]}',
        b'{"instances": [NaN], "parameters": {}}',
        b'{"instances": [1',
        b'{"instances": [1]} [2]',
        b'{"instances": [1,]}',
        b"{'instances': [1]}",
        b"instances=1",
        b'{"instances": ["\xff"]}',
    ],
)
def test_what_is_not_the_json_of_a_request_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidRequest, match="instances"):
        parse_json(body)


@pytest.mark.parametrize("content_type", ["application/json", "image/png", MULTIPART])
def test_an_empty_body_is_refused_under_every_type(content_type: str) -> None:
    with pytest.raises(InvalidRequest, match="no body"):
        parse(b"", content_type)


def test_a_raw_body_of_a_type_of_this_service_is_one_instance() -> None:
    assert parse(b"\x89PNG", "image/png") == [b"\x89PNG"]


def test_each_file_of_a_multipart_body_is_an_instance() -> None:
    body = multipart(
        ('name="b"; filename="b.png"', b"second name, first place"),
        ('name="note"', b"a field is no file"),
        ('name="b"; filename="a.png"', b"\r\n--not the boundary\r\n"),
    )
    assert parse(body, MULTIPART) == [
        b"second name, first place",
        b"\r\n--not the boundary\r\n",
    ]


def test_files_of_several_names_keep_their_order() -> None:
    parts = [(f'name="{name}"; filename="f"', name.encode()) for name in "abab"]
    assert parse(multipart(*parts), MULTIPART) == [b"a", b"b", b"a", b"b"]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (multipart(('name="note"', b"no file")), MULTIPART),
        (multipart(), MULTIPART),
        (multipart(('name="a"; filename="a"', b"whole")), "multipart/form-data"),
        (multipart(('name="a"; filename="a"', b"whole")), "multipart/form-data; boundary=other"),
        (multipart(('name="a"; filename="a"', b"cut off"))[:-20], MULTIPART),
        (b"no boundary at all", MULTIPART),
        (multipart(*1001 * [('name="a"; filename="a"', b"")]), MULTIPART),
    ],
    ids=["field", "nothing", "no boundary", "other boundary", "cut off", "text", "1001 parts"],
)
def test_a_multipart_body_without_whole_files_is_refused(body: bytes, content_type: str) -> None:
    with pytest.raises(InvalidRequest, match="multipart"):
        parse(body, content_type)


def test_a_type_of_no_use_is_answered_with_those_that_are() -> None:
    with pytest.raises(UnsupportedMediaType) as refusal:
        parse(b"<svg/>", "image/svg+xml")
    for word in ("image/svg+xml", "application/json", "multipart/form-data", "image/png"):
        assert word in str(refusal.value)


@pytest.mark.parametrize("content_type", ["image/png", "text/plain"])
def test_only_the_media_types_of_the_service_are_taken(content_type: str) -> None:
    taken = r"none of application/json, multipart/form-data\."
    with pytest.raises(UnsupportedMediaType, match=taken):
        parse(b"bytes", content_type, ())


def test_a_file_may_hold_several_instances_and_they_stay_in_order() -> None:
    parts = [(f'name="{name}"; filename="f"', name.encode()) for name in ("ab", "", "c")]
    body = multipart(*parts)
    assert parse_instances(body, MULTIPART, (), parse_json, list, 3) == [*b"abc"]
    assert parse_instances(b"abc", "image/png", IMAGES, parse_json, list, 3) == [*b"abc"]


def test_more_instances_of_files_than_fit_are_refused_before_there_is_a_list_of_them() -> None:
    body = multipart(*2 * [('name="a"; filename="a"', b"")])
    with pytest.raises(TooManyInstances, match=f"{2**62} instances .* at most 8"):
        parse_instances(body, MULTIPART, (), parse_json, lambda _: range(2**61), 8)


@pytest.mark.parametrize("body", [b'{"instances": [1], "parameters": null}', b'{"instances": [1]}'])
def test_parameters_of_nothing_are_none(body: bytes) -> None:
    assert parse_json(body) == decode(body, V1Request).instances == [1]


def test_rows_and_columns_of_v1_are_told_apart() -> None:
    columns = decode(b'{"inputs": {"a": [1], "b": [null]}, "signature_name": ""}', V1Request)
    assert (columns.instances, columns.inputs) == (None, {"a": [1], "b": [None]})
    assert decode(b'{"inputs": [NaN]}', V1Request).instances is None


@pytest.mark.parametrize(
    "body",
    [
        b'{"instances": [1], "labels": []}',
        b'{"inputs": 1}',
        b'{"inputs": "1"}',
        b'{"inputs": {"b64": "AAAA"}}',
        b'{"instances": [1], "signature_name": null}',
        b'{"instances": [1], "signature_name": 1}',
        b'{"instances": [1], "signature_name": "other"}',
        b'{"instances": [1], "parameters": {"a": 1}}',
    ],
)
def test_what_v1_does_not_have_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidRequest, match="JSON"):
        decode(body, V1Request)
