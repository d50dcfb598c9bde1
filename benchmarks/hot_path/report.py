"""The steps as a table, and the page."""

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

Pairs = Mapping[str, Sequence[tuple[float, float]]]  # microseconds of a step, and of the bare one

TEXT = Path(__file__).with_name("page.md")


def table(steps: Pairs) -> str:
    """Return a table in Markdown: medians, and medians of the ratios to the bare function."""
    lines = ["| step | microseconds | of the bare function |", "|---|---|---|"]
    bare = statistics.median(pair[1] for pairs in steps.values() for pair in pairs)
    lines.append(f"| a bare WSGI function: JSON, run, JSON | {bare:.0f} | 1.00 |")
    for name, pairs in steps.items():
        ratios = [step / beside for step, beside in pairs]
        low, *_, high = statistics.quantiles(ratios, n=10)
        middle = statistics.median(step for step, _ in pairs)
        lines.append(
            f"| {name} | {middle:.0f} | {statistics.median(ratios):.2f} ({low:.2f} to {high:.2f}) |"
        )
    return "\n".join(lines)


def page(steps: Pairs, cpu: str) -> str:
    """Return `docs/performance.md`."""
    return TEXT.read_text(encoding="utf-8").format(
        cpu=cpu, table=table(steps), repetitions=len(next(iter(steps.values())))
    )
