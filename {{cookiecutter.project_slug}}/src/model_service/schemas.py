"""Request bytes -> instances, or an error that says what is wrong with the bytes."""

import io
import json
from collections.abc import Collection
from typing import Any

import msgspec
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import MultiPartParser
from werkzeug.http import parse_options_header

from .errors import InvalidRequest, UnsupportedMediaType
from .nesting import refuse_deep

# A body without a type, and what `curl -d` sends if it is told none, are read as JSON.
JSON_TYPES = frozenset({"application/json", "application/x-www-form-urlencoded", ""})
MULTIPART = "multipart/form-data"
MAX_PARTS = 1000


class PredictRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The JSON body of `POST /predict`: `{"instances": [...]}`."""

    instances: list[Any]


_decoder = msgspec.json.Decoder(PredictRequest)


def parse_instances(body: bytes, content_type: str, media_types: Collection[str]) -> list[object]:
    """Return the instances of a request body.

    JSON holds many; a raw body of one of `media_types` is one; a multipart body holds one a file.
    Raises InvalidRequest or UnsupportedMediaType.
    """
    media_type, options = parse_options_header(content_type)
    media_type = media_type.lower()
    if not body:
        raise InvalidRequest("The request has no body.")
    if media_type in JSON_TYPES:
        return parse_json(body)
    if media_type in media_types:
        return [body]
    if media_type == MULTIPART and media_types:
        return _parse_multipart(body, options.get("boundary", ""))
    taken = ["application/json", *([MULTIPART] if media_types else []), *sorted(media_types)]
    raise UnsupportedMediaType(f"The Content-Type {media_type!r} is none of {', '.join(taken)}.")


def parse_json(body: bytes) -> list[object]:
    """Return the instances of a JSON body `{"instances": [...]}`; raises InvalidRequest."""
    refuse_deep(body)
    try:
        return _decoder.decode(body).instances
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        request = _parse_lenient_json(body)
        if request is not None:
            return request.instances
        reason = str(error) if isinstance(error, msgspec.DecodeError) else "it is not UTF-8"
        raise InvalidRequest(
            f'The body must be JSON like {{"instances": [...]}}: {reason}.'
        ) from None


def _parse_lenient_json(body: bytes) -> PredictRequest | None:
    """Parse JSON that holds NaN, Infinity or 1e999, so that the instance at fault can be named.

    Not what holds half a character, which no answer and no log could repeat.
    """
    try:
        document = json.loads(body.decode())
        json.dumps(document, ensure_ascii=False).encode()  # fails on half a character
        return msgspec.convert(document, PredictRequest)
    except (ValueError, msgspec.ValidationError):
        return None


def _parse_multipart(body: bytes, boundary: str) -> list[object]:
    files: list[io.BytesIO] = []  # in the order of the body; the parser's own result sorts by name

    def open_file(*_: object, **__: object) -> io.BytesIO:
        files.append(io.BytesIO())
        return files[-1]

    parser = MultiPartParser(open_file, max_form_memory_size=len(body), max_form_parts=MAX_PARTS)
    try:
        parser.parse(io.BytesIO(body), boundary.encode("latin-1"), len(body))
    except (ValueError, RequestEntityTooLarge):
        raise InvalidRequest(
            f"The multipart body is malformed or has more than {MAX_PARTS} parts."
        ) from None
    if not files:
        raise InvalidRequest("The multipart body has no file: send an image as a file part.")
    return [file.getvalue() for file in files]
