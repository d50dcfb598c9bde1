"""Content-Encoding: undone within the limit, made where the caller takes it."""

import gzip
import zlib
from collections.abc import Callable

import pytest

from model_service.errors import (
    BodyTooLarge,
    InvalidRequest,
    UnsupportedMediaType,
)
from model_service.routes.coding import LEAST, compress, decompress

BODY = b"a body " * 100
PACKED = {"gzip": gzip.compress(BODY), "deflate": zlib.compress(BODY), "identity": BODY}
PLAIN: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "deflate": zlib.decompress,
}


@pytest.mark.parametrize("coding", PACKED)
def test_a_coding_is_undone_in_any_spelling(coding: str) -> None:
    assert decompress(PACKED[coding], coding, len(BODY)) == BODY
    assert decompress(PACKED[coding], coding.upper(), len(BODY)) == BODY


@pytest.mark.parametrize("coding", PLAIN)
def test_more_than_the_limit_is_never_made(coding: str) -> None:
    with pytest.raises(BodyTooLarge):
        decompress(PACKED[coding], coding, len(BODY) - 1)


@pytest.mark.parametrize("coding", PLAIN)
@pytest.mark.parametrize("spoil", ["cut", "none", "empty", "more", "twice"])
def test_what_is_not_one_whole_stream_is_refused(coding: str, spoil: str) -> None:
    packed = PACKED[coding]
    spoilt = {"cut": packed[:-1], "none": BODY, "empty": b"", "more": packed + b"\0"}
    with pytest.raises(InvalidRequest, match=coding):
        decompress({**spoilt, "twice": 2 * packed}[spoil], coding, 10 * len(BODY))


@pytest.mark.parametrize("coding", ["br", "zstd", "x-gzip", "gzip, gzip", "*"])
def test_another_coding_is_refused(coding: str) -> None:
    with pytest.raises(UnsupportedMediaType, match="gzip, deflate"):
        decompress(BODY, coding, len(BODY))


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("deflate", "deflate"),
        ("gzip, deflate, br", "gzip"),
        ("gzip;q=0.5, deflate", "deflate"),
        ("br", None),
        ("gzip;q=0", None),
        ("", None),
    ],
)
def test_the_caller_chooses_the_coding(accepted: str, coding: str | None) -> None:
    body, headers = compress(bytes(LEAST), accepted)
    assert headers.pop("Vary") == "Accept-Encoding"
    assert headers == ({"Content-Encoding": coding} if coding else {})
    unpack = PLAIN.get(coding or "", bytes)
    assert unpack(body) == bytes(LEAST)


def test_a_short_answer_is_left_as_it_is() -> None:
    assert compress(bytes(LEAST - 1), "gzip") == (bytes(LEAST - 1), {"Vary": "Accept-Encoding"})
