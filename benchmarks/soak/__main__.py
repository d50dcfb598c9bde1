"""Soak a service: `make soak`, ten minutes unless told otherwise.

    python -m benchmarks.soak [minutes] [--docs]

The exit code is 1 if a criterion is missed. With `--docs` the page `docs/soak.md` and its picture
are written anew, too.
"""

import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich.console import Console
from service import NotReadyError

from tests.answers import ROOT

from .clients import ask_until, bad, good, leaver
from .kills import Kill, NotReplacedError, kill_youngest, sample_until
from .page import page
from .report import Soak, plot, table, verdicts
from .service import Service, started

MINUTES = 10
CLIENTS = (good, good, good, good, bad, leaver)
KILL_EVERY_S = 60.0
SAMPLE_EVERY_S = 5.0
PLOT = ROOT / ".cache" / "bench" / "soak.png"
PAGE = ROOT / "docs" / "soak.md"


def main(minutes: float, docs: bool) -> bool:
    """Soak a service and print the table; return whether every criterion is met."""
    PLOT.parent.mkdir(parents=True, exist_ok=True)
    console = Console(width=100, highlight=False)
    with tempfile.TemporaryDirectory() as folder:
        console.print("Rendering and starting the service ...")
        with started(Path(folder), PLOT.with_suffix(".log")) as service:
            console.print(f"Soaking it for {minutes:g} minutes ...")
            result = soak(service, 60 * minutes)
    console.print(table(result))
    judged = verdicts(result)
    for verdict in judged:
        met = "met" if verdict.met else "MISSED"
        console.print(f"{verdict.criterion}: {verdict.measured}: {met}", soft_wrap=True)
    for asked in [*result.wrong, *result.unexplained][:5]:
        console.print(f"{asked.client}, {asked.outcome}: {asked.detail}", markup=False)
    plot(result, PLOT)
    console.print(f"The picture is {PLOT.relative_to(ROOT)}.")
    if docs:
        PAGE.write_text(page(result), encoding="utf-8")
        PAGE.with_suffix(".png").write_bytes(PLOT.read_bytes())
    return all(verdict.met for verdict in judged)


def soak(service: Service, seconds: float) -> Soak:
    """Let all clients ask for so long, and kill a worker each minute but the last."""
    stop, kills = threading.Event(), list[Kill]()
    began = time.monotonic()
    with ThreadPoolExecutor(len(CLIENTS) + 1) as pool:
        asking = [
            pool.submit(ask_until, stop, client, service, seed)
            for seed, client in enumerate(CLIENTS)
        ]
        sampling = pool.submit(sample_until, stop, service, min(SAMPLE_EVERY_S, seconds / 10))
        try:
            interval = min(KILL_EVERY_S, seconds / 2)
            while time.monotonic() + interval < began + seconds:
                time.sleep(interval)
                kills.append(kill_youngest(service))
            time.sleep(max(0.0, began + seconds - time.monotonic()))
        finally:
            stop.set()
        asked = [one for client in asking for one in client.result()]
        return Soak(began, time.monotonic(), asked, kills, sampling.result())


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--docs"] or [str(MINUTES)]
    try:
        minutes = float(words[0])
    except ValueError:
        sys.exit(f"How many minutes is {words[0]!r}? Give a number.")
    try:
        sys.exit(not main(minutes, "--docs" in sys.argv))
    except (NotReadyError, NotReplacedError) as error:
        sys.exit(str(error))
