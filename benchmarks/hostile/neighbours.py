"""Good requests and a bad one at the same moment, so that they share a run of the model."""

import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from .corpus import Case
from .models import request
from .replies import Reply, Verdict, connect, is_right, receive, send, verdict
from .servers import Running

WARM_UP = 40  # good requests; BentoML learns from the first ones how long to wait


@dataclass
class Neighbours:
    """How many good requests were sent beside a bad one, and how many were answered right."""

    sent: int = 0
    right: int = 0
    right_alone: int = 0  # of as many good requests, sent without a bad one
    bad: list[Verdict] = field(default_factory=list)  # what was done with each of the bad ones


def measure(server: Running) -> Neighbours:
    """Send rounds of good requests with a bad one among them, and as many without one."""
    settings, model, counted = server.settings, server.model, Neighbours()
    places = random.Random(0)
    for index in range(WARM_UP):
        server.answers_right(index)
    for number in range(settings.rounds):
        indices = range(number * settings.neighbours, (number + 1) * settings.neighbours)
        good = [model.good(index) for index in indices]

        def right(replies: Sequence[Reply | None], indices: range = indices) -> int:
            pairs = zip(replies, indices, strict=True)
            return sum(is_right(reply, model.answer(index)) for reply, index in pairs)

        counted.right_alone += right(at_once(server.port, good, settings.answer_s))
        server.recover()
        place = places.randrange(len(good) + 1)
        requests = [*good[:place], request(model.bad_row), *good[place:]]
        replies = at_once(server.port, requests, settings.answer_s)
        counted.bad.append(verdict(replies.pop(place)))
        counted.right += right(replies)
        counted.sent += len(good)
        server.recover()
    return counted


def at_once(port: int, requests: Sequence[Case], limit_s: float) -> list[Reply | None]:
    """Send requests within some milliseconds, each on a connection of its own, and wait for all.

    The connections are there before the first request goes out.
    """
    connections = [connect(port, limit_s) for _ in requests]
    for connection, case in zip(connections, requests, strict=True):
        with suppress(OSError):  # it has closed: so says its missing answer
            send(connection, case)
    return [receive(connection) for connection in connections]
