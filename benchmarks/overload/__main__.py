"""Measure what the service does past its capacity, and idle: part of `make bench`.

    python -m benchmarks.overload [way of batching ...] [--docs]

With `--docs` the page `docs/overload.md` and its picture are written anew, too.
"""

import sys
from dataclasses import asdict

from rich.console import Console
from service import NotReadyError

from tests.answers import ROOT

from ..pins import pins
from ..quantization.cpu import this_cpu
from . import load, plot, report
from .measure import measure
from .service import WAYS
from .settings import Settings
from .targets import verdicts

RESULTS = ROOT / ".cache" / "bench" / "overload.json"
LOG, PLOT = RESULTS.with_suffix(".log"), RESULTS.with_suffix(".png")
PAGE = ROOT / "docs" / "overload.md"


def main(*given: str) -> None:
    """Measure each way of batching, or the given ones, and print one table of all.

    A target that is missed is told; what cannot be measured makes the exit code 1.
    """
    ways = tuple(word for word in given if word != "--docs") or WAYS
    if unknown := ", ".join({*ways} - {*WAYS}):
        sys.exit(f"The template does not offer {unknown}; it has {', '.join(WAYS)}.")
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    LOG.unlink(missing_ok=True)

    settings, pinned, console = Settings(), pins(), Console(width=130)
    locust = load.install()
    cpu = f"CPU: {this_cpu()}."
    where = f"{cpu} {pinned} Load: Locust {locust}."
    console.print(where, highlight=False, soft_wrap=True)
    results = []
    for way in ways:
        console.print(f"Measuring the service with batching={way} ...", highlight=False)
        results.append(measure(way, settings, pinned, LOG))

    console.print(report.table(results), report.LEGEND, highlight=False)
    for verdict in verdicts(results):
        met = "met" if verdict.met else "MISSED"
        line = f"{verdict.batching}: {verdict.target}: {verdict.measured}, {met}"
        console.print(line, highlight=False)
    if disturbance := report.disturbance(results):
        console.print(disturbance, highlight=False)
    about = {"where": where, "settings": asdict(settings)}
    report.write_json(results, about, RESULTS)
    plot.write(results, PLOT)
    console.print(f"The figures are in {RESULTS}.", highlight=False)
    if "--docs" in given:
        write_page(report.page(results, settings, f"{where} {disturbance}".strip(), "overload.png"))


def write_page(text: str) -> None:
    """Write the page and its picture."""
    PAGE.write_text(text, encoding="utf-8")
    PAGE.with_suffix(".png").write_bytes(PLOT.read_bytes())


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (load.LoadError, NotReadyError) as error:
        sys.exit(str(error))
