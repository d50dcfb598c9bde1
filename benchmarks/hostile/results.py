"""What is measured of one server."""

from collections.abc import Sequence
from dataclasses import dataclass

from .broken import Outcome
from .corpus import group
from .neighbours import Neighbours
from .overload import Overload
from .replies import Verdict


@dataclass(frozen=True)
class Result:
    """All figures of one server.

    `left_out` counts the requests that are broken for the rendered service alone and were not sent;
    `width` and `value` are the neighbours of a row that does not fit, or that the model fails on.
    """

    name: str
    version: str
    left_out: int
    outcomes: Sequence[Outcome]
    width: Neighbours
    value: Neighbours
    overload: Overload
    restarts: int

    def count(self, verdict: Verdict) -> int:
        """Return how many broken requests it did this with."""
        return sum(outcome.verdict == verdict for outcome in self.outcomes)

    @property
    def right_after(self) -> int:
        """How many of the good requests after a broken one were answered right."""
        return sum(outcome.right_after for outcome in self.outcomes)

    def refused(self, name: str) -> tuple[int, int]:
        """Return how many of a group of broken requests were refused, and of how many."""
        of_group = [outcome for outcome in self.outcomes if group(outcome.name) == name]
        refusals = (Verdict.REFUSED, Verdict.WORDLESS)
        return sum(outcome.verdict in refusals for outcome in of_group), len(of_group)
