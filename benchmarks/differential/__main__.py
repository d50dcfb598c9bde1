"""Compare a rendered service with a real Triton: `make bench BENCH=differential`.

    python -m benchmarks.differential [--docs]

With `--docs` the page `docs/differential.md` is written anew, too. Exits 1 if a sound request is
answered otherwise for no known reason, or a broken one by the service with no proper error.
"""

import json
import signal
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from rich.console import Console
from service import NotReadyError

from tests.answers import ROOT

from ..hostile.contestants import render
from ..hostile.corpus import Case
from ..peers import InstallError
from ..peers.triton import install
from . import report, servers
from .exchange import Exchange, ask_all
from .invalid import invalid
from .page import page
from .results import Results, judge_invalid, judge_valid, write_json
from .signatures import NUMBERS, Signature
from .valid import valid

RESULTS = ROOT / ".cache" / "bench" / "differential.json"
LOG = RESULTS.with_suffix(".log")
PAGE = ROOT / "docs" / "differential.md"
Answers = dict[str, Exchange]


def main(*given: str) -> None:
    """Ask both servers, print the tables, and exit 1 if something is not as it must be."""
    if given not in ((), ("--docs",)):
        sys.exit("There is one option: --docs.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # not without ending the servers
    console = Console(width=120)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    LOG.unlink(missing_ok=True)
    try:
        install()
        results, triton = measure()
    except InstallError as error:
        sys.exit(str(error))
    except NotReadyError as error:
        sys.exit(f"{error} It is in {LOG}.")
    console.print(f"Triton {triton}", highlight=False)
    for rows in (report.agreement, report.known, report.refusals, report.side_by_side):
        console.print(report.terminal(rows(results)))
    write_json(results, RESULTS)
    console.print(f"All differences are in {RESULTS.relative_to(ROOT)}.", highlight=False)
    if given:
        PAGE.write_text(page(results, triton), encoding="utf-8")
        console.print(f"{PAGE.relative_to(ROOT)} is written anew.", highlight=False)
    if results.failures:
        sys.exit("\n".join(results.failures))


def measure() -> tuple[Results, str]:
    """Return what became of all requests, and Triton's version; raises NotReadyError."""
    with tempfile.TemporaryDirectory() as folder:
        project = render(Path(folder))

        def both(signature: Signature, cases: Mapping[str, Case]) -> tuple[Answers, Answers]:
            print(f"Sending {len(cases)} requests to both ...", flush=True)
            ours = partial(servers.ours, project, signature, LOG)
            return ask_all(ours, cases), ask_all(partial(servers.triton, signature, LOG), cases)

        sound, version = [], ""
        for signature, cases in valid():
            ours, theirs = both(signature, cases)
            sound += judge_valid(ours, theirs)
            if (told := theirs.get("GET: server")) and told.reply:
                version = json.loads(told.reply.body)["version"]
        broken = judge_invalid(*both(NUMBERS, invalid(project)))
    return Results(sound, broken), version


if __name__ == "__main__":
    main(*sys.argv[1:])
