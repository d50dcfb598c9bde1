"""What became of all requests, and what that means."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from .compare import Differences, differences
from .exchange import Exchange
from .invalid import Answered, answered
from .known import SOUND_FOR_TRITON, reason_for


@dataclass(frozen=True)
class Valid:
    """A sound request: in what the answers differ, and why that is right, if it is known."""

    name: str
    found: Differences
    reason: str | None

    @property
    def is_unexplained(self) -> bool:
        """Whether the answers differ for no known reason."""
        return bool(self.found) and self.reason is None


@dataclass(frozen=True)
class Invalid:
    """A broken request: how each server answered, and with which status; None without one."""

    name: str
    ours: Answered
    our_status: int | None
    theirs: Answered
    their_status: int | None


@dataclass(frozen=True)
class Results:
    """All of it."""

    valid: list[Valid]
    invalid: list[Invalid]

    @property
    def failures(self) -> list[str]:
        """What must not be, a line each."""
        lines = [
            f"{one.name}: {field}: the service says {ours}, Triton {theirs}"
            for one in self.valid
            if one.is_unexplained
            for field, (ours, theirs) in one.found.items()
        ]
        return lines + [
            f"{one.name}: the service answered {one.our_status}, {one.ours}"
            for one in self.invalid
            if one.ours != Answered.REFUSED
        ]

    def count(self, how: Answered) -> tuple[int, int]:
        """Return how many broken requests the service and Triton answered so.

        What is sound for Triton is not counted for it.
        """
        judged = [one for one in self.invalid if one.name not in SOUND_FOR_TRITON]
        return sum(o.ours == how for o in self.invalid), sum(o.theirs == how for o in judged)


def judge_valid(ours: Mapping[str, Exchange], theirs: Mapping[str, Exchange]) -> list[Valid]:
    """Return the result of each sound request."""
    results = []
    for name, exchange in ours.items():
        found = differences(exchange, theirs[name])
        results.append(Valid(name, found, reason_for(name, found) if found else None))
    return results


def judge_invalid(ours: Mapping[str, Exchange], theirs: Mapping[str, Exchange]) -> list[Invalid]:
    """Return the result of each broken request."""

    def status(exchange: Exchange) -> int | None:
        return exchange.reply.status if exchange.reply else None

    return [
        Invalid(name, answered(one), status(one), answered(theirs[name]), status(theirs[name]))
        for name, one in ours.items()
    ]


def write_json(results: Results, path: Path) -> None:
    """Write all results to a file."""
    path.write_text(json.dumps(asdict(results), indent=2) + "\n", encoding="utf-8")
