"""Put broken requests to the rendered service and to other servers: `make bench BENCH=hostile`.

    python -m benchmarks.hostile [service | litserve | mosec | bentoml ...]

One server runs at a time. If all were measured, `docs/robustness.md` is written anew.
"""

import signal
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from rich.console import Console

from tests.answers import ROOT

from ..peers import InstallError
from ..peers.known import peer
from ..quantization.cpu import this_cpu
from ..rendered import ours
from ..servers import Server, ServerError
from . import broken, models, neighbours, overload, report
from .contestants import OURS, PEERS, render
from .corpus import Case, of_render, of_rows
from .models import Model
from .page import page
from .results import Result
from .servers import running
from .settings import Settings

RESULTS = ROOT / ".cache" / "bench" / "hostile.json"
PAGE = ROOT / "docs" / "robustness.md"


def measure(
    server: Server, cases: Mapping[str, Case], made: Mapping[str, Model], settings: Settings
) -> Result:
    """Return all figures of a server, which runs anew with each model; raises ServerError."""
    log = RESULTS.parent / f"hostile-{server.name.replace(' ', '-')}.log"
    log.unlink(missing_ok=True)
    sent = {name: c for name, c in cases.items() if server.is_ours or not c.is_ours_alone}
    with running(server, made["starter"], settings, log) as with_starter:
        outcomes = broken.measure(with_starter, sent)
        width = neighbours.measure(with_starter)
    with running(server, made["lookup"], settings, log) as with_lookup:
        value = neighbours.measure(with_lookup)
    with running(server, made["slow"], settings, log) as with_slow:
        burst = overload.measure(with_slow, server.health)
    return Result(
        server.name,
        server.version,
        len(cases) - len(sent),
        outcomes,
        width,
        value,
        burst,
        with_starter.restarts + with_lookup.restarts,
    )


def main(*given: str) -> None:
    """Measure all servers or the given ones, and print tables; exits 1 if one cannot be run."""
    known = ("service", *PEERS)
    if unknown := ", ".join({*given} - {*known}):
        sys.exit(f"There is no server {unknown} here; there are {', '.join(known)}.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # not without ending the server
    settings, console = Settings(), Console()
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    results: list[Result] = []
    failures: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project = render(folder)
        made = {
            "starter": models.starter(folder / "models" / "starter"),
            "lookup": models.lookup(folder / "models" / "lookup"),
            "slow": models.slow(folder / "models" / "slow", settings.products),
        }
        cases = of_render(project) | of_rows(made["starter"].width)
        for key in given or known:
            try:
                server = ours(project, OURS) if key == "service" else peer(key)
                console.print(f"Measuring {server.name} ...")
                results.append(measure(server, cases, made, settings))
            except (InstallError, ServerError) as error:
                failures.append(str(error))
    show(console, results)
    cpu = this_cpu().name
    report.write_json(results, settings, cpu, RESULTS)
    console.print(f"The figures, and every answer, are in {RESULTS.relative_to(ROOT)}.")
    if failures:
        sys.exit("\n".join(failures))
    if not given:
        PAGE.write_text(page(results, settings, cpu), encoding="utf-8")
        console.print(f"{PAGE.relative_to(ROOT)} is written anew.")


def show(console: Console, results: list[Result]) -> None:
    """Print the tables."""
    tables: dict[str, Callable[[list[Result]], list[report.Row]]] = {
        "Broken requests, and the neighbours of a bad one": report.summary,
        "Refused, by group": report.groups,
        "Too many at once": report.overload,
    }
    for title, rows in tables.items():
        console.print(report.terminal(title, results, rows(results)))


if __name__ == "__main__":
    main(*sys.argv[1:])
