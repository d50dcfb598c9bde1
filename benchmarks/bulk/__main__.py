"""Measure what `predict` makes of the speed of the runtime, and what a second Ray worker adds.

    python -m benchmarks.bulk [--docs]

With `--docs` the page `docs/bulk.md` is written anew, too. Each time is that of a whole process on
all rows, less that of one on a single batch, so that starting, loading and ending do not count.
"""

import json
import statistics
import sys
import tempfile
from pathlib import Path

from tests.answers import ROOT

from ..quantization.cpu import this_cpu
from . import report
from .measure import Bench
from .model import BATCH, render, write_rows

RESULTS = ROOT / ".cache" / "bench" / "bulk.json"
PAGE = ROOT / "docs" / "bulk.md"
ROWS = 100_000
MORE = 2  # times as many on Ray, whose start takes long and not always equally long
REPETITIONS = 5


def main(*given: str) -> None:
    """Print the ratios and whether they reach their targets."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        many = write_rows(folder / "many.npy", ROWS)
        few = write_rows(folder / "few.npy", BATCH)
        bench = Bench(render(folder), many, few)
        ways = {"bare loop": bench.bare, "predict": bench.predict}
        local = [{way: run() for way, run in ways.items()} for _ in range(REPETITIONS)]
        more = write_rows(folder / "more.npy", MORE * ROWS)
        cluster = [(one / MORE, two / MORE) for one, two in bench.on_ray(more, REPETITIONS)]
    results = [
        report.ratio(
            "predict / bare loop", [(one["bare loop"], one["predict"]) for one in local], 0.9
        ),
        report.ratio("two Ray workers / one", cluster, 1.3),
    ]
    seconds = {
        "bare loop": statistics.median(one["bare loop"] for one in local),
        "predict": statistics.median(one["predict"] for one in local),
        "one Ray worker": statistics.median(one for one, _ in cluster),
        "two Ray workers": statistics.median(two for _, two in cluster),
    }
    where = f"CPU: {this_cpu()}. Two CPUs are used."
    print(where)
    print(report.table(seconds, results, ROWS))
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps({"local": local, "cluster": cluster}, indent=2) + "\n")
    if "--docs" in given:
        page = report.page(seconds, results, ROWS, REPETITIONS, where)
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
