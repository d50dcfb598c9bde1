"""Content-Encoding: gzip and deflate, undone within a limit and made if a caller takes it."""

import zlib

from flask import Response
from werkzeug.datastructures import Accept

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


def compress(response: Response, accepted: Accept) -> Response:
    """Compress an answer if that pays and the caller takes it, gzip rather than deflate."""
    coding, body = accepted.best_match(list(WINDOWS)), response.get_data()
    response.vary.add("Accept-Encoding")
    if coding and len(body) >= LEAST:
        response.set_data(zlib.compress(body, LEVEL, WINDOWS[coding]))
        response.content_encoding = coding
    return response
