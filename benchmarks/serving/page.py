"""The page `docs/serving.md` and its pictures, made of what was measured."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from . import plot, tables
from .contestants import BATCH
from .report import LOADS, disturbance, heading
from .settings import Settings
from .tables import Results, Row
from .targets import Verdict
from .workloads import WORKLOADS

TEXT = Path(__file__).with_suffix(".md")


def write(
    page: Path,
    results: Results,
    verdicts: Sequence[Verdict],
    settings: Settings,
    where: str,
    versions: Mapping[str, str],
) -> None:
    """Write the page, and its pictures beside it."""
    deadlines = ", ".join(f"({key}) {WORKLOADS[key].deadline_ms} ms" for key in results)
    text = TEXT.read_text(encoding="utf-8").format(
        date=datetime.date.today().isoformat(),
        repetitions=settings.repetitions,
        where=f"{where} {disturbance(results)}".strip(),
        versions=", ".join(f"{name} {version}" for name, version in versions.items()) + ".",
        targets=_markdown(tables.TARGETS, map(tables.target_row, verdicts)),
        workloads="\n\n".join(_workload(key, results) for key in results),
        deadlines=deadlines,
        batch=BATCH,
        stem=page.stem,
    )
    page.write_text(text, encoding="utf-8")
    plot.write_speed(results, page.with_suffix(".png"))
    plot.write_loads(results, page.with_name(f"{page.stem}-loads.png"))


def _workload(key: str, results: Results) -> str:
    repetitions = results[key]
    parts = [f"### {heading(WORKLOADS[key])}"]
    parts.append(_markdown(tables.COLUMNS, tables.rows(repetitions)))
    if loads := tables.load_columns(repetitions):
        parts += [LOADS, _markdown(("contestant", *loads), tables.load_rows(repetitions))]
    return "\n\n".join(parts)


def _markdown(header: Sequence[str], rows: Iterable[Row]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
