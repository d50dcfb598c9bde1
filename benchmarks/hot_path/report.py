"""The steps as a table, and the page."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from .steps import BARE, FLASK

Times = Mapping[str, Sequence[float]]  # microseconds with all steps after it, one a repetition

TEXT = Path(__file__).with_name("page.md")


def table(times: Times) -> str:
    """Return a table in Markdown: medians, and medians of the ratios to the bare function."""
    lines = ["| step | microseconds | of the bare function |", "|---|---|---|"]
    for name, own in rows(times):
        ratios = [step / bare for step, bare in zip(own, times[BARE], strict=True)]
        low, *_, high = statistics.quantiles(ratios, n=10)
        middle = f"{statistics.median(own):.0f} | {statistics.median(ratios):.2f}"
        lines.append(f"| {name} | {middle} ({low:.2f} to {high:.2f}) |")
    return "\n".join(lines)


def rows(times: Times) -> Iterator[tuple[str, Sequence[float]]]:
    """Yield what each step takes on its own, between what it is held against."""
    steps = [name for name in times if name not in (BARE, FLASK)]
    yield "a bare WSGI function: JSON, run, JSON", times[BARE]
    yield "`POST /predict`, of which:", times[steps[0]]
    for step, inner in zip(steps, steps[1:], strict=False):
        yield step, [a - b for a, b in zip(times[step], times[inner], strict=True)]
    yield steps[-1], times[steps[-1]]
    yield "not on the way: Flask, with a view that does nothing", times[FLASK]


def page(times: Times, cpu: str) -> str:
    """Return `docs/performance.md`."""
    return TEXT.read_text(encoding="utf-8").format(
        cpu=cpu, table=table(times), repetitions=len(times[BARE])
    )
