"""The whole body of a request, or an error: never a part of it."""

from typing import BinaryIO

from werkzeug.wsgi import get_content_length

from ..errors import BodyTooLarge, InvalidRequest, UnsupportedMediaType
from ..wsgi import Environ
from .coding import decompress


def read_body(environ: Environ, limit: int) -> bytes:
    """Return the body, at most `limit` bytes.

    WSGI servers hand over what came, even if the client left in the middle or a chunked body
    went on: what is not the announced length is refused, or a part would be taken for the whole.
    Raises BodyTooLarge, InvalidRequest or UnsupportedMediaType.
    """
    if environ.get("HTTP_CONTENT_ENCODING", "") not in ("", "identity"):
        raise UnsupportedMediaType("Send the body without Content-Encoding.")
    return _read(environ, limit)


def read_coded_body(environ: Environ, limit: int) -> bytes:
    """Return the body with its Content-Encoding undone, at most `limit` bytes before and after.

    Raises as `read_body` does, and UnsupportedMediaType for another coding than gzip or deflate.
    """
    coding = environ.get("HTTP_CONTENT_ENCODING") or "identity"
    return decompress(_read(environ, limit), coding, limit)


def _read(environ: Environ, limit: int) -> bytes:
    if environ.get("HTTP_TRANSFER_ENCODING", "chunked").lower() != "chunked":
        # Servers undo the chunks alone: what was gzipped below them would be taken as it is.
        raise InvalidRequest("Send the body with a Content-Length, or in chunks and nothing else.")
    announced = get_content_length(environ)
    if announced is not None and announced > limit:
        raise BodyTooLarge(f"The body has {announced} bytes; this service takes {limit}.")
    ends = "wsgi.input_terminated" in environ  # else a read past the end would wait for ever
    unknown = limit + 1 if ends else 0
    body = _read_up_to(environ["wsgi.input"], unknown if announced is None else announced)
    if len(body) > limit:
        raise BodyTooLarge(f"The body has more than the {limit} bytes that this service takes.")
    if announced is not None and len(body) != announced:
        raise InvalidRequest(f"The body ended after {len(body)} of {announced} bytes.")
    return body


def _read_up_to(stream: BinaryIO, size: int) -> bytes:
    parts = []
    while size > 0 and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
