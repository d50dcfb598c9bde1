"""The figures as a table, as JSON and as a page."""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.table import Table

from .figures import Times, Window
from .measure import Result
from .settings import Settings
from .targets import verdicts

DISTURBED = 0.05

COLUMNS = (
    "batching",
    "load",
    "sent/s",
    "goodput/s",
    "of capacity",
    "503/s",
    "late/s",
    "failed/s",
    "answers ms",
    "refusals ms",
    "probes ms",
)
LEGEND = (
    "Goodput: right answers within the deadline; late: those after it, and 504. Times are median /"
    " 99th percentile, those of the probes (the slowest of `/healthz`, `/readyz` and `/metrics`)"
    " 99th percentile / maximum."
)


def rows(results: Sequence[Result]) -> list[tuple[str, ...]]:
    """Return the cells of the table, a row a load."""
    return [
        row
        for result in results
        for row in (
            _row(result.batching, "closed", result.capacity),
            *(_row(result.batching, f"{window.load:.0%}", window) for window in result.loads),
        )
    ]


def table(results: Sequence[Result]) -> Table:
    """Return the table for a terminal."""
    shown = Table(*COLUMNS)
    for row in rows(results):
        shown.add_row(*row)
    return shown


def disturbance(results: Sequence[Result]) -> str:
    """Return a sentence on what other processes had of the service's CPU; empty if little.

    Below its capacity the service leaves them what it does not need.
    """
    known = [
        window.others
        for result in results
        for window in (result.capacity, *result.loads)
        if window.others is not None and window.load >= 1
    ]
    if not known or max(known) <= DISTURBED:
        return ""
    return f"Other processes had up to {max(known):.0%} of the service's CPU."


def write_json(results: Sequence[Result], about: Mapping[str, object], path: Path) -> None:
    """Write all figures to a file, those of each repetition, too."""
    content = {
        **about,
        "python": platform.python_version(),
        "results": [asdict(result) for result in results],
        "targets": [asdict(verdict) for verdict in verdicts(results)],
    }
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def page(results: Sequence[Result], settings: Settings, where: str, plot: str) -> str:
    """Return the figures as a page of Markdown; `where` says on what they were measured."""
    targets = [
        (v.batching, v.target, v.measured, "yes" if v.met else "no") for v in verdicts(results)
    ]
    return f"""\
# What happens past capacity

`python -m benchmarks.overload --docs` wrote this page. It starts the service of each way of
batching (ONNX Runtime, a tensor, no GPU, all settings at their defaults) with a model that takes
ten milliseconds a row or so. The closed loop of {settings.connections} connections tells the
capacity, just before each load; then callers that do not wait for each other send so much of it, up
to twice as much as the model can answer. Each caller waits {settings.deadline_ms} ms
(`X-Request-Timeout-Ms`). Every answer is compared with the right one. Medians of
{settings.repetitions} repetitions.

{where}

![Goodput and refusals against offered load]({plot})

{_markdown(COLUMNS, rows(results))}

{LEGEND}

{_markdown(("batching", "target at twice the capacity", "measured", "met"), targets)}
"""


def _row(batching: str, load: str, window: Window) -> tuple[str, ...]:
    probes = list(window.probes.values())
    rates = (window.refused, window.late, window.failed)
    return (
        batching,
        load,
        f"{window.offered:.0f}",
        f"{window.goodput:.0f}",
        f"{window.share:.0%}",
        *(f"{rate:.1f}" if rate else "" for rate in rates),
        _pair(window.answers),
        _pair(window.refusals),
        f"{max(t.p99_ms for t in probes):.0f} / {max(t.max_ms for t in probes):.0f}"
        if probes
        else "",
    )


def _pair(times: Times | None) -> str:
    return f"{times.p50_ms:.0f} / {times.p99_ms:.0f}" if times else ""


def _markdown(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    every = [header, ["---"] * len(header), *lines]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in every)
