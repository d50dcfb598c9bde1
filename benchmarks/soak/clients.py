"""Clients: good ones that check every answer, bad ones, and such as leave in the middle."""

import http.client
import json
import random
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from typing import NamedTuple

from ..hostile.corpus import JSON, Case
from .service import Golden, Service

HOST = "127.0.0.1"
LIMIT_S = 60  # far longer than the service's own deadline
TOLERANCE = 1e-3  # of a score
BUSY = {503, 504}
RIGHT, BUSY_NOW, REFUSED, WRONG, LOST, LEFT = "right", "busy", "refused", "wrong", "lost", "left"

Say = Callable[["Asked"], None]


class Asked(NamedTuple):
    """A request from its sending to its end, on the monotonic clock, and what became of it."""

    client: str
    sent: float
    ended: float
    outcome: str
    detail: str = ""


def good(service: Service, chance: random.Random) -> Asked:
    """Send a golden example and compare the answer."""
    golden = chance.choice(service.golden)
    return _ask(
        "good",
        service,
        Case(golden.body),
        lambda status, body: RIGHT if is_right(status, body, golden) else WRONG,
    )


def bad(service: Service, chance: random.Random) -> Asked:
    """Send a hostile request; it is to be refused, in JSON."""
    case = chance.choice(service.hostile)
    return _ask(
        "bad",
        service,
        case,
        lambda status, body: REFUSED if is_refusal(status, body) else WRONG,
    )


def leaver(service: Service, chance: random.Random) -> Asked:
    """Send a good request, or a part of it, and leave without the whole answer."""
    body = chance.choice(service.golden).body
    head = (
        f"POST /predict HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: {JSON}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()
    whole = head + body
    sent = time.monotonic()
    with suppress(OSError), closing(socket.create_connection((HOST, service.port), LIMIT_S)) as s:
        s.sendall(whole[: chance.choice([len(head) // 2, len(head), len(whole) // 2, len(whole)])])
        if chance.random() < 0.2:
            s.shutdown(socket.SHUT_WR)
            s.recv(16)
    return Asked("leaver", sent, time.monotonic(), LEFT)


def ask_until(
    stop: threading.Event,
    client: Callable[[Service, random.Random], Asked],
    service: Service,
    seed: int,
) -> list[Asked]:
    """Let a client send one request after the other; returns what became of them."""
    chance, asked = random.Random(seed), []
    while not stop.is_set():
        asked.append(client(service, chance))
    return asked


def is_right(status: int, body: bytes, golden: Golden) -> bool:
    """Return whether an answer has the scores of the golden example."""
    if status != 200:
        return False
    (prediction,) = json.loads(body)["predictions"]
    scores = prediction["scores"].values()
    pairs = zip(scores, golden.scores, strict=True)
    return all(abs(score - wanted) <= TOLERANCE for score, wanted in pairs)


def is_refusal(status: int, body: bytes) -> bool:
    """Return whether an answer is a 4xx with the one error body."""
    return 400 <= status < 500 and json.loads(body).keys() == {"error", "code", "request_id"}


def _ask(client: str, service: Service, case: Case, judge: Callable[[int, bytes], str]) -> Asked:
    sent = time.monotonic()
    try:
        status, body = _exchange(service.port, case)
        outcome = BUSY_NOW if status in BUSY else judge(status, body)
        detail = "" if outcome != WRONG else f"{status}: {body[:200]!r}"
    except (OSError, http.client.HTTPException) as error:
        outcome, detail = LOST, repr(error)
    except ValueError as error:  # what came is no JSON
        outcome, detail = WRONG, repr(error)
    return Asked(client, sent, time.monotonic(), outcome, detail)


def _exchange(port: int, case: Case) -> tuple[int, bytes]:
    headers: Mapping[str, str] = {
        **({} if case.content_type is None else {"Content-Type": case.content_type}),
        **case.headers,
    }
    with closing(http.client.HTTPConnection(HOST, port, LIMIT_S)) as connection:
        connection.request(case.method, case.path, case.body, headers)
        response = connection.getresponse()
        return response.status, response.read()
