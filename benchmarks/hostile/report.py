"""The figures as tables, on the terminal and as Markdown, and as JSON."""

import json
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.table import Table

from .corpus import group
from .neighbours import Neighbours
from .replies import Verdict
from .results import Result
from .settings import Settings

Row = tuple[str, list[str]]

VERDICTS = {
    Verdict.REFUSED: "refused: 4xx, and says why",
    Verdict.WORDLESS: "refused: 4xx with an empty body",
    Verdict.ACCEPTED: "answered as if it were sound: 2xx or 3xx",
    Verdict.FAULT: "5xx",
    Verdict.EXPOSED: "a traceback or HTML in the body",
    Verdict.SILENT: "no answer, or a part of one",
}


def summary(results: Sequence[Result]) -> list[Row]:
    """Return the broken requests by what was done with them, then the good ones beside them."""

    def row(title: str, cell: Callable[[Result], object]) -> Row:
        return title, [str(cell(result)) for result in results]

    def beside(neighbours: Neighbours) -> str:
        return f"{neighbours.right} of {neighbours.sent}"

    return [
        row("broken requests", lambda result: len(result.outcomes)),
        *(
            (title, [str(result.count(verdict)) for result in results])
            for verdict, title in VERDICTS.items()
        ),
        row(
            "the good request after each: right",
            lambda result: f"{result.right_after} of {len(result.outcomes)}",
        ),
        row("neighbours of a row that does not fit: right", lambda result: beside(result.width)),
        row("neighbours of a row the model fails on: right", lambda result: beside(result.value)),
        row("the same good requests without it: right", alone),
        row("restarts that were needed", lambda result: result.restarts),
    ]


def alone(result: Result) -> str:
    """Return how many good requests of both neighbour tests were right without a bad one."""
    tests = (result.width, result.value)
    return f"{sum(t.right_alone for t in tests)} of {sum(t.sent for t in tests)}"


def groups(results: Sequence[Result]) -> list[Row]:
    """Return how many of each group of broken requests were refused."""
    names = dict.fromkeys(group(o.name) for result in results for o in result.outcomes)
    return [
        (name, ["{} of {}".format(*result.refused(name)) for result in results]) for name in names
    ]


def overload(results: Sequence[Result]) -> list[Row]:
    """Return what became of a burst of requests to a slow model."""
    bursts = [result.overload for result in results]
    return [
        ("requests at once", [str(burst.sent) for burst in bursts]),
        ("answered right", [str(burst.right) for burst in bursts]),
        (
            "told that it is busy or too late",
            [str(burst.refused) for burst in bursts],
        ),
        ("the last of these after", [seconds(burst.last_refusal_s) for burst in bursts]),
        ("answered otherwise", [str(burst.others) for burst in bursts]),
        ("still waiting", [str(burst.waiting) for burst in bursts]),
        (
            "slowest answer of its health route",
            [
                "none" if burst.health_failures else seconds(burst.slowest_health_s)
                for burst in bursts
            ],
        ),
        ("first right answer after it", [seconds(burst.recovered_s) for burst in bursts]),
    ]


def seconds(value: float | None) -> str:
    """Return a time as text; None is one of what did not happen."""
    return "none" if value is None else f"{value:.1f} s"


def terminal(title: str, results: Sequence[Result], rows: Sequence[Row]) -> Table:
    """Return rows as a table for the terminal."""
    table = Table(title=title, title_justify="left")
    table.add_column()
    for result in results:
        table.add_column(f"{result.name}\n{result.version}", justify="right")
    for name, cells in rows:
        table.add_row(name, *cells)
    return table


def markdown(results: Sequence[Result], rows: Sequence[Row]) -> str:
    """Return rows as a table in Markdown."""
    head = ["", *(result.name for result in results)]
    lines = [head, ["---", *("---:" for _ in results)], *([name, *cells] for name, cells in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write_json(results: Sequence[Result], settings: Settings, cpu: str, path: Path) -> None:
    """Write all figures to a file, with each answer."""
    content = {
        "cpu": cpu,
        "python": platform.python_version(),
        "settings": asdict(settings),
        "results": [asdict(result) for result in results],
    }
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
