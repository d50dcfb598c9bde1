"""Measure what decoding JPEGs at a fraction of their size gains: `make bench BENCH=decode`.

    python -m benchmarks.decode [--docs]

With `--docs` the page `docs/decode.md` is written anew, too.
"""

import dataclasses
import json
import sys

from tests.answers import ROOT

from ..quantization.cpu import this_cpu
from . import report
from .measure import Result, measure, preprocessors, scores
from .pictures import PICTURES

RESULTS = ROOT / ".cache" / "bench" / "decode.json"
PAGE = ROOT / "docs" / "decode.md"
SIZES = ((1200, 900), (1999, 1501), (2592, 1944), (4000, 3000))
TURNS = 9


def main(*given: str, sizes: tuple[tuple[int, int], ...] = SIZES, turns: int = TURNS) -> None:
    """Print a line a picture as it comes."""
    ways, score = preprocessors(), scores()
    where = f"CPU: {this_cpu()}."
    print(f"{where}\n\n{report.HEADER}", flush=True)
    results: list[Result] = []
    for picture, make in PICTURES.items():
        for size in sizes:
            results.append(measure(picture, make(*size), ways, score, turns))
            print(report.line(results[-1]), flush=True)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    figures = [dataclasses.asdict(result) for result in results]
    RESULTS.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(f"\nThe figures are in {RESULTS}.")
    if "--docs" in given:
        PAGE.write_text(report.page(results, turns, where), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
