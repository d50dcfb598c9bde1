"""What one run measures: from the command line, and repetition by repetition."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from .bench import Load
from .contestants import CONTESTANTS
from .settings import Settings
from .workloads import WORKLOADS, Workload

QUICK, DOCS = "--quick", "--docs"


@dataclass(frozen=True)
class Choice:
    """What the command line asks for; no names of contestants are all of them."""

    workloads: tuple[Workload, ...]
    names: frozenset[str]
    quick: bool
    docs: bool

    def contestants(self, workload: Workload) -> list[str]:
        """Return the contestants of a workload that are asked for."""
        return [name for name in workload.contestants if not self.names or name in self.names]


def chosen(given: Sequence[str]) -> Choice:
    """Return what a command line asks for; exits with a sentence if it cannot be had."""
    words = [word for word in given if word not in (QUICK, DOCS)]
    if unknown := ", ".join(word for word in words if word not in {*WORKLOADS, *CONTESTANTS}):
        sys.exit(
            f"There is no {unknown}: the workloads are {', '.join(WORKLOADS)}, the contestants"
            f" {', '.join(CONTESTANTS)}; {QUICK} is a first look, {DOCS} writes the page."
        )
    names = frozenset(words).intersection(CONTESTANTS)
    asked = [WORKLOADS[word] for word in words if word in WORKLOADS] or list(WORKLOADS.values())
    workloads = tuple(w for w in asked if not names or names.intersection(w.contestants))
    docs = DOCS in given
    if docs and (words or QUICK in given):
        sys.exit(f"{DOCS} needs all figures: leave out the names and {QUICK}.")
    if not workloads:
        sys.exit(f"None of {', '.join(sorted(names))} takes part there.")
    return Choice(workloads, names, QUICK in given, docs)


def loads(workload: Workload, name: str, settings: Settings, repetition: int) -> list[Load]:
    """Return the loads of a contestant in a repetition, beside that which tells its capacity."""
    open_loops = [Load(share=share) for share in settings.shares]
    if repetition == 0 and name in workload.swept:
        return [Load(number) for number in settings.connections] + open_loops
    return open_loops if name in workload.targeted else []
