"""Put the conformance suite to a render and to MLServer: `make bench BENCH=conformance`.

    python -m benchmarks.conformance [--docs]

With `--docs` the page `docs/conformance.md` is written anew, too.
"""

import signal
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from service import NotReadyError

from tests.answers import ROOT

from ..hostile.contestants import render
from ..peers import InstallError
from . import hostile, kserve, report, suite
from .groups import group
from .outcome import Outcome
from .page import page
from .servers import Server, mlserver, ours

RESULTS = ROOT / ".cache" / "bench" / "conformance.json"
PAGE = ROOT / "docs" / "conformance.md"


def run(server: Server) -> list[Outcome]:
    """Return what became of every case; raises NotReadyError and SuiteError."""
    log = RESULTS.with_name(f"conformance-{server.name.replace(' ', '-')}.log")
    log.unlink(missing_ok=True)
    cases = hostile.corpus(server.project)
    told = suite.outcomes(server, log)
    with server.started(log) as port:
        told += hostile.outcomes(port, cases)
    with server.started(log) as port:
        return told + kserve.outcomes(port)


def main(*given: str) -> None:
    """Print who passes what; exits 1 if a server cannot be asked, or the render fails a case."""
    if not kserve.PYTHON.exists():
        sys.exit("The kserve client is not installed: `make bench BENCH=conformance` does it.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # not without ending the server
    console = Console(highlight=False)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    results: list[report.Result] = []
    with tempfile.TemporaryDirectory() as folder:
        project = render(Path(folder))
        try:
            for server in (ours(project), mlserver(project)):
                console.print(f"Asking {server.name} ...")
                told = [one for one in run(server) if server.is_ours or not group(one).ours_alone]
                results.append(report.Result(server.name, server.version, told))
        except (InstallError, NotReadyError, suite.SuiteError) as error:
            sys.exit(str(error))
    console.print(report.terminal(results))
    report.write_json(results, RESULTS)
    console.print(f"Every case, and what came instead, is in {RESULTS.relative_to(ROOT)}.")
    if "--docs" in given:
        PAGE.write_text(page(results), encoding="utf-8")
        console.print(f"{PAGE.relative_to(ROOT)} is written anew.")
    if failed := [outcome.name for outcome in results[0].outcomes if outcome.failure]:
        sys.exit(f"The rendered service fails: {', '.join(failed)}.")


if __name__ == "__main__":
    main(*sys.argv[1:])
