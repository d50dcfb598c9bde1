"""Measure the rendered service beside other servers: `make bench BENCH=serving`.

    python -m benchmarks.serving [--quick] [--docs] [workload ...] [contestant ...]

Without names everything is measured. `--quick` has one repetition, and no load but the closed loop
that tells the capacity. With `--docs` the page `docs/serving.md` and its pictures are written anew.
"""

import signal
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from tests.answers import ROOT

from ..peers import InstallError
from ..pins import pins
from ..quantization.cpu import this_cpu
from ..servers import ServerError
from . import load, models, page, report
from .contestants import CONTESTANTS, Renders, versions
from .plan import Choice, chosen, loads
from .settings import QUICK, Settings
from .targets import verdicts
from .visit import Place, Visit, visit

RESULTS = ROOT / ".cache" / "bench" / "serving.json"
LOG = RESULTS.with_suffix(".log")
PAGE = ROOT / "docs" / "serving.md"


def main(*given: str) -> None:
    """Measure and print; exits 1 if a contestant could not be measured, not for missed targets."""
    choice = chosen(given)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # not without ending the server
    settings = QUICK if choice.quick else Settings()
    console, pinned = Console(width=130), pins()
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    LOG.unlink(missing_ok=True)
    where = f"CPU: {this_cpu()}. {pinned} Load: h2load."
    console.print(where, highlight=False, soft_wrap=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        place = Place(Renders(folder), pinned, load.generator(pinned.load), settings, LOG)
        results, failures = measure(place, choice, folder, console)
    told = list(verdicts(results))
    report.show(console, results, told)
    report.write_json(results, told, where, RESULTS)
    console.print(f"The figures are in {RESULTS.relative_to(ROOT)}.", highlight=False)
    if failures:
        sys.exit("\n".join(failures))
    if choice.docs:
        page.write(PAGE, results, told, settings, where, versions())
        console.print(f"{PAGE.relative_to(ROOT)} is written anew.", highlight=False)


def measure(
    place: Place, choice: Choice, folder: Path, console: Console
) -> tuple[dict[str, list[dict[str, Visit]]], list[str]]:
    """Return the visits of each workload, a mapping a repetition, and who could not be measured.

    Contestants take turns, each repetition in another order, so that a slow minute of the machine
    does not hit the same ones.
    """
    results: dict[str, list[dict[str, Visit]]] = {}
    failures: list[str] = []
    made = {
        subject: models.MAKERS[subject](folder / "models" / subject)
        for subject in {workload.subject for workload in choice.workloads}
    }
    for repetition in range(place.settings.repetitions):
        for workload in choice.workloads:
            visits: dict[str, Visit] = {}
            names = choice.contestants(workload)
            for name in names[repetition % len(names) :] + names[: repetition % len(names)]:
                console.print(f"({workload.key}) {name} ...", highlight=False)
                try:
                    visits[name] = visit(
                        place,
                        workload,
                        CONTESTANTS[name],
                        made[workload.subject],
                        loads(workload, name, place.settings, repetition),
                    )
                except (InstallError, ServerError, load.LoadError) as error:
                    failures.append(f"({workload.key}) {name}: {error}")
            results.setdefault(workload.key, []).append(visits)
    return results, failures


if __name__ == "__main__":
    main(*sys.argv[1:])
