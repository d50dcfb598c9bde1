"""The page `docs/robustness.md`, made of what was measured."""

import datetime
import os
import platform
from collections.abc import Sequence
from pathlib import Path

from .report import groups, markdown, overload, summary
from .results import Result
from .settings import Settings

TEMPLATE = Path(__file__).with_suffix(".md")


def page(results: Sequence[Result], settings: Settings, cpu: str) -> str:
    """Return the page; the first result is that of the rendered service."""
    names = [result.name for result in results[1:]]
    return TEMPLATE.read_text(encoding="utf-8").format(
        date=datetime.date.today().isoformat(),
        cpus=os.cpu_count(),
        cpu=cpu,
        python=platform.python_version(),
        peers=f"{', '.join(names[:-1])} and {names[-1]}",
        versions="\n".join(f"- {result.name}: {result.version}" for result in results),
        left_out=results[1].left_out,
        summary=markdown(results, summary(results)),
        groups=markdown(results, groups(results)),
        overload=markdown(results, overload(results)),
        neighbours=settings.neighbours,
        rounds=settings.rounds,
        burst=f"{settings.burst:,}",
        burst_s=settings.burst_s,
        recovery_s=settings.recovery_s,
        batch=settings.max_batch_size,
        wait=settings.batch_wait_ms,
    )
