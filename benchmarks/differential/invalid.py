"""The hostile requests of a render's own tests, to the model of numbers, and some of our own."""

import json
from enum import StrEnum
from pathlib import Path

from ..hostile.corpus import Case, dumped
from .exchange import Exchange
from .signatures import NAME, NUMBERS

CASES = """
import json, sys
from tests.e2e.v2_hostile import hostile_of
from tests.openinference.echo import echo_card
given = json.loads(sys.argv[1])
cases = hostile_of(echo_card(given["dtypes"], given["shape"]))
"""
TOLD = {
    "unknown model, is it ready": "/v2/models/none/ready",
    "unknown model, what is it": "/v2/models/none",
    "unknown version, is it ready": f"/v2/models/{NAME}/versions/9/ready",
    "unknown version, what is it": f"/v2/models/{NAME}/versions/9",
    "a version of words": f"/v2/models/{NAME}/versions/latest",
}


class Answered(StrEnum):
    """How an invalid request was answered, from good to bad."""

    REFUSED = "4xx with an error"
    WORDLESS = "4xx without an error"
    FAULT = "5xx"
    ACCEPTED = "2xx"
    SILENT = "no answer"
    ENDED = "the server ended"


def invalid(project: Path) -> dict[str, Case]:
    """Return the hostile requests of a render by name."""
    hostile = dumped(project, CASES, NUMBERS.arguments())
    return hostile | {name: Case(b"", None, "GET", path) for name, path in TOLD.items()}


def answered(exchange: Exchange) -> Answered:
    """Return how an invalid request was answered."""
    if not exchange.lives:
        return Answered.ENDED
    if exchange.reply is None:
        return Answered.SILENT
    if exchange.reply.status >= 500:
        return Answered.FAULT
    if exchange.reply.status < 400:
        return Answered.ACCEPTED
    return Answered.REFUSED if error_of(exchange) else Answered.WORDLESS


def error_of(exchange: Exchange) -> str | None:
    """Return the text of an error, if there is one as the protocol has it."""
    try:
        error = json.loads(exchange.reply.body)["error"] if exchange.reply else None
    except (ValueError, KeyError, TypeError):
        return None
    return error if isinstance(error, str) else None
