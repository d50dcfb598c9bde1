"""Content-Encoding: gzip and deflate, undone within a limit and made if a caller takes it."""

import zlib
from functools import lru_cache

from werkzeug.http import parse_accept_header

from ..errors import BodyTooLarge, InvalidRequest, UnsupportedMediaType

WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
LEAST = 1024  # bytes: what is shorter gains nothing
LEVEL = 1  # the next ones take several times as long, and numbers get hardly smaller


def decompress(body: bytes, coding: str, limit: int) -> bytes:
    """Return the body with its coding undone; no more than `limit` bytes are ever made.

    Raises UnsupportedMediaType, InvalidRequest or BodyTooLarge.
    """
    coding = coding.lower()
    if coding == "identity":
        return body
    if coding not in WINDOWS:
        raise UnsupportedMediaType(f"The Content-Encoding is none of {', '.join(WINDOWS)}.")
    decoder = zlib.decompressobj(WINDOWS[coding])
    try:
        plain = decoder.decompress(body, limit + 1)
    except zlib.error:
        raise InvalidRequest(f"The body is not {coding}, as its Content-Encoding says.") from None
    if len(plain) > limit:
        raise BodyTooLarge(f"The body is more than the {limit} bytes that this service takes.")
    if not decoder.eof or decoder.unused_data:
        raise InvalidRequest(f"The body is not one whole {coding} stream.")
    return plain


def compress(body: bytes, accepted: str) -> tuple[bytes, dict[str, str]]:
    """Return a body, compressed if that pays and the caller takes it, and headers that say so."""
    headers, coding = {"Vary": "Accept-Encoding"}, coding_of(accepted)
    if coding is None or len(body) < LEAST:
        return body, headers
    return zlib.compress(body, LEVEL, WINDOWS[coding]), {**headers, "Content-Encoding": coding}


@lru_cache(64)  # nearly all clients send one of a few headers
def coding_of(accepted: str) -> str | None:
    """Return what a caller takes best by its header, gzip rather than deflate."""
    return parse_accept_header(accepted).best_match(list(WINDOWS))
