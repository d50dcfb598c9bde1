"""The results as tables, on the terminal and as Markdown."""

from collections.abc import Sequence

from rich.table import Table

from ..hostile.corpus import group
from .invalid import Answered
from .known import SOUND_FOR_TRITON
from .results import Invalid, Results

Row = tuple[str, ...]
SERVERS = ("", "rendered service", "Triton")


def agreement(results: Results) -> list[Row]:
    """Return, by group of sound requests, how many are answered alike, and how many not."""
    rows: list[Row] = [("sound requests", "sent", "answered alike", "known difference", "other")]
    for name in dict.fromkeys(group(one.name) for one in results.valid):
        these = [one for one in results.valid if group(one.name) == name]
        other = sum(one.is_unexplained for one in these)
        alike = sum(not one.found for one in these)
        known = len(these) - alike - other
        rows.append((name, str(len(these)), str(alike), str(known), str(other)))
    return rows


def known(results: Results) -> list[Row]:
    """Return the sound requests with known differences."""
    rows: list[Row] = [("request", "differs in", "reason")]
    for one in results.valid:
        if one.reason:
            rows.append((one.name, ", ".join(one.found), one.reason))
    return rows


def refusals(results: Results) -> list[Row]:
    """Return how many broken requests each server answered how."""
    rows: list[Row] = [SERVERS]
    return rows + [(how, *map(str, results.count(how))) for how in Answered]


def side_by_side(results: Results) -> list[Row]:
    """Return the answers to each broken request that are not the same."""
    rows: list[Row] = [SERVERS]
    for one in results.invalid:
        ours, theirs = _cell(one.our_status, one.ours), _cell(one.their_status, one.theirs)
        if ours != theirs:
            rows.append((one.name, ours, theirs + _remark(one)))
    return rows


def _cell(status: int | None, how: Answered) -> str:
    if how in (Answered.SILENT, Answered.ENDED):
        return str(how)
    return f"{status}, without an error" if how == Answered.WORDLESS else str(status)


def _remark(one: Invalid) -> str:
    reason = SOUND_FOR_TRITON.get(one.name)
    return f" ({reason})" if reason else ""


def terminal(rows: Sequence[Row]) -> Table:
    """Return rows as a table for the terminal; the first is its head."""
    head, *rest = rows
    table = Table(*head)
    for row in rest:
        table.add_row(*row)
    return table


def markdown(rows: Sequence[Row]) -> str:
    """Return rows as a table in Markdown; the first is its head."""
    head, *rest = rows
    lines = [head, tuple("---" for _ in head), *rest]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
