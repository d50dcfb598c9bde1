"""Who passes what, as a table and as JSON."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.table import Table

from .groups import GROUPS, Asks, Group, group
from .outcome import Outcome

SHOWN = 90  # characters of a failure
# What a failure's text tells, in words; the first that fits.
INSTEAD = {
    "Traceback": "a traceback",
    "can't decode byte 0x8b": "a body in gzip, which this client takes and does not undo",
    "decoding the response: 'error'|\"detail\"": "no `error` in the body",
    "'binary_tensor_data' in": "it is not among the extensions",
    "DID NOT RAISE|it was answered": "answered",
    "JSONDecodeError: Expecting value": "no JSON in the body",
}


@dataclass(frozen=True)
class Result:
    """What became of every case at one server."""

    name: str
    version: str
    outcomes: Sequence[Outcome]

    def of(self, wanted: Group) -> list[Outcome]:
        """Return the outcomes of a group."""
        return [outcome for outcome in self.outcomes if group(outcome) == wanted]

    def passed(self, groups: Sequence[Group]) -> str:
        """Return how many cases of these groups passed, and of how many; "-" if none was put."""
        told = [outcome for one in groups for outcome in self.of(one)]
        passed = sum(outcome.failure is None for outcome in told)
        return f"{passed} of {len(told)}" if told else "-"


def rows(results: Sequence[Result]) -> list[tuple[str, ...]]:
    """Return the cells of the table: after the sum of what one asks for, its groups."""
    lines: list[tuple[str, ...]] = []
    for asks in Asks:
        groups = [one for one in GROUPS if one.asks == asks]
        lines.append((f"**{asks}**", *(f"**{result.passed(groups)}**" for result in results)))
        lines += [(one.title, *(result.passed([one]) for result in results)) for one in groups]
    return lines


def failures(result: Result) -> list[tuple[str, ...]]:
    """Return what was not passed: the group, what came instead, and the cases it came to."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in GROUPS:
        for outcome in result.of(one):
            if outcome.failure is not None:
                found.setdefault((one.title, in_short(outcome.failure)), []).append(outcome.name)
    return [(*key, ", ".join(folded(names))) for key, names in found.items()]


def folded(names: Sequence[str]) -> list[str]:
    """Return names, those that differ in brackets only as one."""
    parameters: dict[str, list[str]] = {}
    for name in names:
        words, _, inner = name.partition(" [")
        parameters.setdefault(words, []).append(inner.removesuffix("]"))
    return [
        f"{words} [{', '.join(inner)}]" if any(inner) else words
        for words, inner in parameters.items()
    ]


def in_short(failure: str) -> str:
    """Return in a few words what came instead of what a case asks for."""
    found = re.search(r"\[(\d{3})\]|'(\d{3}) ", failure)
    status = next(filter(None, found.groups()), "") if found else ""
    for pattern, words in INSTEAD.items():
        if re.search(pattern, failure):
            return f"{status}, {words}" if status else words
    if status:
        return "answered" if status == "200" else status
    first = failure.removeprefix("AssertionError: ").partition("\n")[0]
    return first[:SHOWN].replace("|", "\\|")


def terminal(results: Sequence[Result]) -> Table:
    """Return the table for the terminal."""
    table = Table(title="Passed, of how many cases", title_justify="left")
    table.add_column()
    for result in results:
        table.add_column(f"{result.name}\n{result.version}", justify="right")
    for cells in rows(results):
        bold = cells[0].startswith("**")
        table.add_row(*(cell.strip("*") for cell in cells), style="bold" if bold else None)
    return table


def write_json(results: Sequence[Result], path: Path) -> None:
    """Write every case to a file, with its group and what came instead."""
    content = [
        {
            "name": result.name,
            "version": result.version,
            "cases": [{**asdict(one), "group": group(one).title} for one in result.outcomes],
        }
        for result in results
    ]
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
