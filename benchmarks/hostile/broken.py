"""Send every broken request to a server, and a good one after each."""

from collections.abc import Mapping
from dataclasses import dataclass

from .corpus import Case
from .replies import Verdict, ask, verdict
from .servers import Running

SHOWN = 300  # characters of an answer that are kept


@dataclass(frozen=True)
class Outcome:
    """What was done with one broken request, and whether the good one after it was right."""

    name: str
    verdict: Verdict
    status: int | None
    answer: str
    right_after: bool


def measure(server: Running, cases: Mapping[str, Case]) -> list[Outcome]:
    """Return the outcome of each request; the server is healthy before each."""
    outcomes = []
    for index, (name, case) in enumerate(cases.items()):
        reply = ask(server.port, case, server.settings.answer_s)
        right_after = server.answers_right(index)
        status, answer = (reply.status, reply.body) if reply else (None, b"")
        shown = answer[:SHOWN].decode(errors="replace")
        outcomes.append(Outcome(name, verdict(reply), status, shown, right_after))
        if not right_after:
            server.recover()
    return outcomes
