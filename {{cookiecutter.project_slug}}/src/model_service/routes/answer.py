"""What a view that needs no Flask answers, as Flask takes it from a view, and as WSGI does."""

from http import HTTPStatus
from typing import TypeAlias

from ..wsgi import Start

STATUS_LINES = {status: f"{status.value} {status.phrase}" for status in HTTPStatus}

Answer: TypeAlias = tuple[bytes, HTTPStatus, dict[str, str]]  # body, status and headers


def answer(
    body: bytes, media_type: str, headers: dict[str, str], status: HTTPStatus = HTTPStatus.OK
) -> Answer:
    """Return an answer with the headers of its body, and others."""
    own = {"Content-Type": media_type, "Content-Length": str(len(body))}
    return body, status, own | headers


def send(answer: Answer, start_response: Start) -> list[bytes]:
    """Send an answer as WSGI does."""
    body, status, headers = answer
    start_response(STATUS_LINES[status], [*headers.items()])
    return [body]
