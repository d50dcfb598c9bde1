"""Send a request, and say what the server did with it."""

import http.client
import json
from collections.abc import Sequence
from contextlib import closing, suppress
from enum import StrEnum
from typing import NamedTuple

from .corpus import Case

HOST = "127.0.0.1"
TOLERANCE = 1e-4  # absolute and relative, as in the card of the starter


class Reply(NamedTuple):
    """What came back."""

    status: int
    content_type: str
    body: bytes


class Verdict(StrEnum):
    """What a server did with a broken request, from good to bad; one of them each."""

    REFUSED = "4xx that says why"
    WORDLESS = "4xx without a word"
    ACCEPTED = "2xx or 3xx"
    FAULT = "5xx"
    EXPOSED = "traceback or HTML"
    SILENT = "no answer"


def connect(port: int, limit_s: float) -> http.client.HTTPConnection:
    """Return an open connection; raises OSError."""
    connection = http.client.HTTPConnection(HOST, port, timeout=limit_s)
    connection.connect()
    return connection


def send(connection: http.client.HTTPConnection, case: Case) -> None:
    """Send a request; raises OSError."""
    content_type = {} if case.content_type is None else {"Content-Type": case.content_type}
    connection.request(case.method, case.path, case.body, {**content_type, **case.headers})


def receive(connection: http.client.HTTPConnection) -> Reply | None:
    """Return the answer and close; None if none comes within the limit, or a part of one."""
    with closing(connection):
        try:
            response = connection.getresponse()
            return Reply(response.status, response.getheader("Content-Type", ""), response.read())
        except (OSError, http.client.HTTPException):
            return None


def ask(port: int, case: Case, limit_s: float) -> Reply | None:
    """Send a request on a connection of its own and return its answer; None if there is none."""
    try:
        connection = connect(port, limit_s)
        with suppress(BrokenPipeError, ConnectionResetError):
            send(connection, case)  # the answer may come before all of the request is sent
        return receive(connection)
    except OSError:
        return None


def verdict(reply: Reply | None) -> Verdict:
    """Return what a server did with a broken request."""
    if reply is None:
        return Verdict.SILENT
    body = reply.body.lstrip().lower()
    if b"traceback (most recent call last)" in body:
        return Verdict.EXPOSED
    if reply.content_type.lower().startswith("text/html") or body.startswith((b"<!doc", b"<html")):
        return Verdict.EXPOSED
    if reply.status >= 500:
        return Verdict.FAULT
    if reply.status < 400:
        return Verdict.ACCEPTED
    return Verdict.REFUSED if body else Verdict.WORDLESS


def is_right(reply: Reply | None, expected: Sequence[float]) -> bool:
    """Return whether an answer is the prediction of one instance, as an object or a bare list."""
    if reply is None or reply.status != 200:
        return False
    try:
        answer = json.loads(reply.body)
        (row,) = answer["predictions"] if isinstance(answer, dict) else answer
        pairs = list(zip(row, expected, strict=True))
        return all(abs(got - want) <= TOLERANCE * max(1, abs(want)) for got, want in pairs)
    except (ValueError, KeyError, TypeError):
        return False
