"""The figures on a terminal, and as JSON."""

import json
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from . import tables
from .settings import DISTURBED
from .tables import Results, Row
from .targets import Verdict
from .workloads import WORKLOADS, Workload

LOADS = (
    "Under a closed loop answers/s; under an open one, of so much of the capacity, the goodput as a"
    " share of what was offered / p99 ms."
)


def show(console: Console, results: Results, verdicts: Sequence[Verdict]) -> None:
    """Print two tables a workload, and how the targets stand."""
    for key, repetitions in results.items():
        title = heading(WORKLOADS[key])
        console.print(_table(title, tables.COLUMNS, tables.rows(repetitions)))
        if loads := tables.load_columns(repetitions):
            console.print(_table(LOADS, ("contestant", *loads), tables.load_rows(repetitions)))
    if verdicts:
        console.print(_table("Targets", tables.TARGETS, map(tables.target_row, verdicts)))
    if note := disturbance(results):
        console.print(note, highlight=False)


def heading(workload: Workload) -> str:
    """Return what a workload is, in a line."""
    return f"({workload.key}) {workload.title}; {workload.connections} connections"


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
    most = f"{max(shares):.0%} of the servers' CPU"
    return f"Other processes, and other guests of the host, had up to {most}: repeat it in quiet."


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


def _table(title: str, columns: Sequence[str], rows: Iterable[Row]) -> Table:
    table = Table(*columns, title=title, title_justify="left")
    for row in rows:
        table.add_row(*row)
    return table
