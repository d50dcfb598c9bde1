"""The page `docs/conformance.md`, made of what was found."""

import datetime
import platform
from collections.abc import Sequence
from pathlib import Path
from textwrap import fill

from .hostile import OURS_ALONE
from .report import Result, failures, rows
from .suite import SOURCES

TEMPLATE = Path(__file__).with_suffix(".md")


def page(results: Sequence[Result]) -> str:
    """Return the page; the first result is that of the rendered service, the other MLServer's."""
    ours, other = results
    names = [result.name for result in results]
    return TEMPLATE.read_text(encoding="utf-8").format(
        date=datetime.date.today().isoformat(),
        python=platform.python_version(),
        tests=", ".join(f"`{name}.py`" for name in SOURCES),
        versions="\n".join(f"- {result.name}: {result.version}" for result in results),
        table=_markdown(("", *names), rows(results)),
        failed=sum(outcome.failure is not None for outcome in ours.outcomes),
        failures=_markdown(("about", "instead", "cases"), failures(other)),
        allowed=fill(", ".join(sorted(OURS_ALONE, key=str.lower)), 100),
    )


def _markdown(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    every = [header, ["---"] * len(header), *lines]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in every)
