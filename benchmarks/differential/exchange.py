"""Send requests to a server, and start it anew if one of them ends it."""

import http.client
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import dataclass

from ..hostile.corpus import Case
from ..hostile.replies import connect, send

LIMIT_S = 20  # any answer takes milliseconds
ALIVE = Case(b"", None, "GET", "/v2/health/live")

Start = Callable[[], AbstractContextManager[int]]


@dataclass(frozen=True)
class Reply:
    """What came back; `headers` tells names in any case, and None is a header that is missing."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass(frozen=True)
class Exchange:
    """What became of a request: None if no answer came, and whether the server lived on."""

    reply: Reply | None
    lives: bool


def ask_all(start: Start, cases: Mapping[str, Case]) -> dict[str, Exchange]:
    """Return what became of each request to a server; `start` runs it and gives its port."""
    left, told = list(cases.items()), dict[str, Exchange]()
    while left:
        with start() as port:
            lives = True
            while left and lives:
                name, case = left.pop(0)
                reply = ask(port, case)
                lives = ask(port, ALIVE) is not None
                told[name] = Exchange(reply, lives)
    return told


def ask(port: int, case: Case) -> Reply | None:
    """Send a request on a connection of its own and return its answer; None if there is none."""
    try:
        with closing(connect(port, LIMIT_S)) as connection:
            with suppress(BrokenPipeError, ConnectionResetError):
                send(connection, case)  # the answer may come before all of the request is sent
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
    except (OSError, http.client.HTTPException):
        return None
