"""The page `docs/differential.md`, made of the results."""

import datetime
import platform
from pathlib import Path

from ..peers.triton import version
from .report import agreement, known, markdown, refusals, side_by_side
from .results import Results

TEMPLATE = Path(__file__).with_suffix(".md")


def page(results: Results, triton: str) -> str:
    """Return the page; `triton` is the version that the server tells of itself."""
    return TEMPLATE.read_text(encoding="utf-8").format(
        date=datetime.date.today().isoformat(),
        python=platform.python_version(),
        triton=triton,
        wheel=version(),
        valid=len(results.valid),
        alike=sum(not one.found for one in results.valid),
        invalid=len(results.invalid),
        agreement=markdown(agreement(results)),
        known=markdown(known(results)),
        refusals=markdown(refusals(results)),
        side_by_side=markdown(side_by_side(results)),
    )
