"""The body of a request: whole, or refused; never a part of it, never more than the limit."""

import io

import pytest

from model_service.errors import (
    BodyTooLarge,
    InvalidRequest,
    UnsupportedMediaType,
)
from model_service.routes.body import read_body
from model_service.wsgi import Environ

LIMIT = 10


class SlowStream(io.BytesIO):
    """Gives a byte at a time, as a socket may."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Return at most one byte."""
        return super().read(min(1, -1 if size is None else size) or 1)


def request(body: bytes, kind: type[io.BytesIO] = io.BytesIO, **environ: object) -> Environ:
    """Return the environ of a request as a WSGI server hands it over."""
    return {"REQUEST_METHOD": "POST", "wsgi.input": kind(body), **environ}


def announced(body: bytes, length: object, kind: type[io.BytesIO] = io.BytesIO) -> Environ:
    """Return a request with a Content-Length."""
    return request(body, kind, CONTENT_LENGTH=str(length))


def chunked(body: bytes, kind: type[io.BytesIO] = io.BytesIO) -> Environ:
    """Return a request without a length, whose end the server marks."""
    environ = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    return request(body, kind, **environ)


@pytest.mark.parametrize("kind", [io.BytesIO, SlowStream])
@pytest.mark.parametrize("body", [b"", b"a", LIMIT * b"a"])
def test_a_whole_body_is_returned(body: bytes, kind: type[io.BytesIO]) -> None:
    assert read_body(announced(body, len(body), kind), LIMIT) == body
    assert read_body(chunked(body, kind), LIMIT) == body


def test_a_body_that_is_announced_too_long_is_refused_unread() -> None:
    asked = announced(11 * b"a", 11)
    with pytest.raises(BodyTooLarge, match=r"11 bytes.* takes 10"):
        read_body(asked, LIMIT)
    assert asked["wsgi.input"].tell() == 0


@pytest.mark.parametrize("kind", [io.BytesIO, SlowStream])
def test_a_body_without_a_length_is_read_up_to_the_limit(kind: type[io.BytesIO]) -> None:
    asked = chunked(1000 * b"a", kind)
    with pytest.raises(BodyTooLarge, match="more than the 10"):
        read_body(asked, LIMIT)
    assert asked["wsgi.input"].tell() <= LIMIT + 1


@pytest.mark.parametrize("end_is_marked", [True, False])
@pytest.mark.parametrize("kind", [io.BytesIO, SlowStream])
def test_a_body_that_ends_early_is_not_taken_for_the_whole(
    kind: type[io.BytesIO], end_is_marked: bool
) -> None:
    environ = {"CONTENT_LENGTH": "9", "wsgi.input_terminated": end_is_marked}
    with pytest.raises(InvalidRequest, match="3 of 9"):
        read_body(request(b"abc", kind, **environ), LIMIT)


def test_what_follows_the_announced_length_is_not_read() -> None:
    assert read_body(announced(b"abcdef", 3), LIMIT) == b"abc"


def test_without_a_length_and_an_end_there_is_no_body() -> None:
    assert read_body(request(b"abc"), LIMIT) == b""


@pytest.mark.parametrize("coding", ["gzip", "br", "identity, gzip"])
def test_a_coded_body_is_refused(coding: str) -> None:
    with pytest.raises(UnsupportedMediaType, match="Content-Encoding"):
        read_body(request(b"", HTTP_CONTENT_ENCODING=coding), LIMIT)


@pytest.mark.parametrize("coding", ["", "identity"])
def test_a_body_that_is_said_to_be_plain_is_plain(coding: str) -> None:
    asked = request(b"a", CONTENT_LENGTH="1", HTTP_CONTENT_ENCODING=coding)
    assert read_body(asked, LIMIT) == b"a"


@pytest.mark.parametrize("coding", ["gzip, chunked", "chunked,chunked", "identity,chunked", ""])
def test_a_transfer_coding_other_than_chunked_is_refused(coding: str) -> None:
    asked = chunked(b"a")
    asked["HTTP_TRANSFER_ENCODING"] = coding
    with pytest.raises(InvalidRequest, match="in chunks"):
        read_body(asked, LIMIT)


def test_the_name_of_a_coding_may_be_written_in_any_case() -> None:
    asked = chunked(b"a")
    asked["HTTP_TRANSFER_ENCODING"] = "Chunked"
    assert read_body(asked, LIMIT) == b"a"
