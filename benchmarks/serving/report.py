"""The figures as tables for a terminal, and as JSON."""

import json
import platform
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from .targets import Verdict, Visits
from .visit import Visit
from .workloads import WORKLOADS

Results = Mapping[str, Sequence[Visits]]

COLUMNS = (
    *("contestant", "answers/s", "the service has", "p50 ms", "p99 ms", "failed/s"),
    *("CPU ms", "memory MB", "start s", "idle CPU"),
)
DISTURBED = 0.05


def show(console: Console, results: Results, verdicts: Sequence[Verdict]) -> None:
    """Print a table a workload, and how the targets stand."""
    for key, repetitions in results.items():
        workload = WORKLOADS[key]
        title = f"({key}) {workload.title}; {workload.connections} connections"
        table = Table(*COLUMNS, title=title, title_justify="left")
        for row in rows(repetitions):
            table.add_row(*row)
        console.print(table)
    for line in map(told, verdicts):
        console.print(line, highlight=False)
    if note := disturbance(results):
        console.print(note, highlight=False)


def rows(repetitions: Sequence[Visits]) -> list[tuple[str, ...]]:
    """Return a row a contestant, the fastest first; medians, of ratios with their spread."""
    names = {name for visits in repetitions for name in visits}
    seen = {name: [visits[name] for visits in repetitions if name in visits] for name in names}
    speed = {name: _median(seen[name], lambda v: v.capacity.throughput) for name in names}
    return [
        (
            name,
            _number(speed[name], 0),
            _spread(_ratios(repetitions, name)),
            _number(_median(visits, lambda v: v.capacity.p50_ms), 1),
            _number(_median(visits, lambda v: v.capacity.p99_ms), 1),
            _number(_median(visits, lambda v: v.capacity.failed), 1),
            _number(_median(visits, lambda v: v.capacity.cpu_ms), 3),
            _number(_median(visits, lambda v: v.memory_mb), 0),
            _number(_median(visits, lambda v: v.start_s), 1),
            _number(_median(visits, lambda v: None if v.idle is None else 100 * v.idle), 1, " %"),
        )
        for name, visits in sorted(seen.items(), key=lambda item: -(speed[item[0]] or 0))
    ]


def told(verdict: Verdict) -> str:
    """Return a line on how a target stands."""
    limit = f"at {'most' if verdict.at_most else 'least'} {verdict.limit:g}"
    met = "met" if verdict.met else "MISSED"
    return f"({verdict.workload}) {verdict.text}: {_spread(verdict.values)}, {limit}: {met}"


def disturbance(results: Results) -> str:
    """Return a sentence on what other processes had of the servers' CPU; empty if little."""
    shares = [
        visit.capacity.others
        for repetitions in results.values()
        for visits in repetitions
        for visit in visits.values()
        if visit.capacity.others is not None
    ]
    if not shares or max(shares) <= DISTURBED:
        return ""
    return f"Other processes had up to {max(shares):.0%} of the servers' CPU: repeat it in quiet."


def write_json(results: Results, verdicts: Sequence[Verdict], where: str, path: Path) -> None:
    """Write all figures to a file, those of each repetition."""
    content = {
        "where": where,
        "python": platform.python_version(),
        "targets": [asdict(v) | {"median": v.median, "met": v.met} for v in verdicts],
        "results": {
            key: [{name: asdict(visit) for name, visit in visits.items()} for visits in repetitions]
            for key, repetitions in results.items()
        },
    }
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _ratios(repetitions: Sequence[Visits], name: str) -> list[float]:
    """Return how many times a contestant's throughput the service has, in each repetition."""
    return [
        visits["service"].capacity.throughput / visits[name].capacity.throughput
        for visits in repetitions
        if {"service", name} <= visits.keys() and visits[name].capacity.throughput
    ]


def _median(visits: Sequence[Visit], figure: Callable[[Visit], float | None]) -> float | None:
    known = [value for value in map(figure, visits) if value is not None]
    return statistics.median(known) if known else None


def _number(value: float | None, digits: int, unit: str = "") -> str:
    return "" if value is None else f"{value:,.{digits}f}{unit}"


def _spread(values: Sequence[float]) -> str:
    if not values:
        return ""
    median = f"{statistics.median(values):.2f}x"
    return median if len(values) == 1 else f"{median} ({min(values):.2f} to {max(values):.2f})"
