"""The hostile requests of a render's tests, judged by what the protocol says of errors."""

import json
from collections.abc import Mapping
from pathlib import Path

from ..hostile.corpus import Case, dumped
from ..hostile.replies import Reply, ask
from .outcome import Outcome

SOURCE, BY_HTTP = "hostile requests", "hostile requests, as HTTP has it"
LIMIT_S = 30
SHOWN = 200  # characters of an answer
ALIVE = Case(b"", None, "GET", "/v2/health/live")

# The protocol allows to answer these: a server may take other parameters, have other paths, and
# make a number of a value that is none.
OURS_ALONE = {
    "a path out",
    "a repository",
    "a sequence",
    "a timeout of text",
    "another model",
    "brotli",
    "GET",
    "larger than a float",
    "shared memory",
    "six thousand digits",
    "text",
    "true",
    "two codings",
}

# What is changed in the requests is the first input; of the others there is one for each datatype.
CASES = """
from tests.e2e.v2_hostile import hostile_of
from tests.openinference.echo import ALL, echo_card
cases = hostile_of(echo_card({"in_fp32": "float32", **ALL}, [-1, -1]))
"""


def corpus(project: Path) -> dict[str, Case]:
    """Return the hostile requests of a render by name, for a model of all datatypes."""
    return dumped(project, CASES)


def outcomes(port: int, cases: Mapping[str, Case]) -> list[Outcome]:
    """Return two outcomes a request: by the protocol, and by HTTP's rule of who is at fault.

    A request that is broken for the rendered service alone has one: that it is refused.
    """
    told = []
    for name, case in cases.items():
        reply = ask(port, case, LIMIT_S)
        alive = ask(port, ALIVE, LIMIT_S)
        lives = alive is not None and alive.status == 200
        judged = by_http(reply) if name in OURS_ALONE else by_protocol(reply)
        told.append(Outcome(SOURCE, name, judged if lives else "not live after it"))
        if name not in OURS_ALONE:
            told.append(Outcome(BY_HTTP, name, by_http(reply)))
    return told


def by_protocol(reply: Reply | None) -> str | None:
    """Return what is wrong with the answer: an error is an HTTP error status and its reason."""
    if reply is None:
        return "no answer"
    try:
        error = json.loads(reply.body)["error"]
    except (ValueError, KeyError, TypeError):
        error = None
    return None if reply.status >= 400 and error and isinstance(error, str) else shown(reply)


def by_http(reply: Reply | None) -> str | None:
    """Return what is wrong with the answer: the request is, so it is a 4xx, without a traceback."""
    if reply is None:
        return "no answer"
    faultless = 400 <= reply.status < 500 and b"Traceback" not in reply.body
    return None if faultless else shown(reply)


def shown(reply: Reply) -> str:
    """Return a reply as short text."""
    return f"[{reply.status}] {reply.body[:SHOWN].decode(errors='replace')}"
