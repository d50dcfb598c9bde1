"""Request bytes -> instances, or an error that says what is wrong with the bytes."""

import io
import json
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import MultiPartParser
from werkzeug.http import parse_options_header

from .errors import InvalidRequest, TooManyInstances, UnsupportedMediaType
from .nesting import refuse_deep

# A body without a type, and what `curl -d` sends if it is told none, are read as JSON.
JSON_TYPES = frozenset({"application/json", "application/x-www-form-urlencoded", ""})
MULTIPART = "multipart/form-data"
MAX_PARTS = 1000

T = TypeVar("T")
ReadFile = Callable[[bytes], Sequence[object]]

read_content_type = lru_cache(64)(parse_options_header)  # nearly all clients send one of a few

# What they hold is the model's matter; the service's OpenAPI document says it under these names.
Instance = Annotated[Any, Meta(extra_json_schema={"$ref": "#/components/schemas/Instance"})]
Prediction = Annotated[Any, Meta(extra_json_schema={"$ref": "#/components/schemas/Prediction"})]


class PredictRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The JSON body of `POST /predict`: `{"instances": [...]}`."""

    instances: list[Instance]
    parameters: None = None  # Vertex AI's client sends null if it has none


class PredictResponse(msgspec.Struct, frozen=True):
    """A prediction for each instance, in the order of the instances."""

    predictions: list[Prediction]


class ErrorBody(msgspec.Struct, frozen=True):
    """What is no success: a sentence to act on, a stable code, and the id of the log's line."""

    error: str
    code: str
    request_id: str


class V1Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The JSON body of `:predict`: instances in rows, or inputs in columns."""

    instances: list[Instance] | None = None
    inputs: list[Instance] | dict[str, list[Any]] | None = None
    signature_name: Literal["", "serving_default"] = ""
    parameters: None = None


class V1Response(msgspec.Struct, frozen=True, omit_defaults=True):
    """A prediction for each instance, or a list for each name if the inputs came so."""

    predictions: list[Prediction] | msgspec.UnsetType = msgspec.UNSET
    outputs: Any = msgspec.UNSET


def parse_instances(
    body: bytes,
    content_type: str,
    media_types: Collection[str],
    read_json: ReadFile,
    read_file: ReadFile,
    most: int,
) -> Sequence[object]:
    """Return the instances of a request body, at most so many.

    They are in JSON, which `read_json` takes apart, in a raw body of one of `media_types`, or in
    the files of a multipart body, which `read_file` takes apart. Raises InvalidRequest,
    TooManyInstances or UnsupportedMediaType.
    """
    media_type, options = read_content_type(content_type)
    media_type = media_type.lower()
    if not body:
        raise InvalidRequest("The request has no body.")
    if media_type in JSON_TYPES:
        return read_json(body)
    if media_type not in {MULTIPART, *media_types}:
        taken = ", ".join(["application/json", MULTIPART, *sorted(media_types)])
        raise UnsupportedMediaType(f"The Content-Type {media_type!r} is none of {taken}.")
    is_form = media_type == MULTIPART
    files = _parse_multipart(body, options.get("boundary", "")) if is_form else [body]
    parts = [read_file(file) for file in files]
    check_count(sum(map(len, parts)), most)  # arrays may have many more rows than bytes
    return [instance for part in parts for instance in part]


def check_count(count: int, most: int) -> None:
    """Raise TooManyInstances if a request may not have so many."""
    if count > most:
        raise TooManyInstances(
            f"The request has {count} instances and the service takes at most {most}:"
            " send several requests."
        )


def parse_json(body: bytes) -> list[object]:
    """Return the instances of a JSON body `{"instances": [...]}`; raises InvalidRequest."""
    return decode(body, PredictRequest).instances


def decode(body: bytes, kind: type[T]) -> T:
    """Return a JSON body as a struct; raises InvalidRequest."""
    refuse_deep(body)
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        request = _decode_leniently(body, kind)
        if request is not None:
            return request
        reason = str(error) if isinstance(error, msgspec.DecodeError) else "it is not UTF-8"
        raise InvalidRequest(
            f'The body must be JSON like {{"instances": [...]}}: {reason}.'
        ) from None


def _decode_leniently(body: bytes, kind: type[T]) -> T | None:
    """Parse JSON that holds NaN, Infinity or 1e999, so that the instance at fault can be named.

    Not what holds half a character, which no answer and no log could repeat.
    """
    try:
        document = json.loads(body.decode())
        json.dumps(document, ensure_ascii=False).encode()  # fails on half a character
        return msgspec.convert(document, kind)
    except (ValueError, msgspec.ValidationError):
        return None


def _parse_multipart(body: bytes, boundary: str) -> list[bytes]:
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
        raise InvalidRequest("The multipart body has no file: send instances as file parts.")
    return [file.getvalue() for file in files]
