"""Measure what stands between a bare WSGI function and `POST /predict`, step by step.

    python -m benchmarks.hot_path [--docs]

With `--docs` the page `docs/performance.md` is written anew, too. No server and no network: one
thread calls the application. Every time is CPU time of the whole process, and that of the bare
function is measured in the same second, so that a slow one changes both. A step is measured with
all that come after it: alone and in a loop it would find all caches warm.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.answers import ROOT

from ..pins import pins
from ..quantization.cpu import this_cpu
from ..rendered import package_of, render
from ..serving.models import small
from . import report

RESULTS = ROOT / ".cache" / "bench" / "hot_path.json"
PAGE = ROOT / "docs" / "performance.md"
REPETITIONS = 31
PROGRAM = Path(__file__).with_name("steps.py")


def main(*given: str) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        steps = measure(Path(name), REPETITIONS)
    print(report.table(steps))
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(steps, indent=2) + "\n", encoding="utf-8")
    if "--docs" in given:
        PAGE.write_text(report.page(steps, str(this_cpu())), encoding="utf-8")
    print(f"The figures are in {RESULTS}.")


def measure(folder: Path, repetitions: int) -> report.Times:
    """Render a service into a folder, and time the steps of a prediction in a process of its own.

    Raises CalledProcessError; what that process said is in the folder's file `log`.
    """
    project = render(folder, input_kind="tensor", batching="dynamic", quantization="none")
    subject = small(folder / "model")
    body = folder / "body.json"
    body.write_text(json.dumps({"instances": [subject.instance]}), encoding="utf-8")
    environ = {
        **os.environ,
        "PYTHONPATH": str(project / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PROMETHEUS_MULTIPROC_DIR": str(folder),
        "SERVICE_MODEL_DIR": str(subject.folder),
    }
    arguments = [package_of(project), str(body), str(repetitions)]
    # On two CPUs its threads would wake each other up across them.
    command = [*pins().service, sys.executable, str(PROGRAM), *arguments]
    with (folder / "log").open("wb") as log:
        ran = subprocess.run(command, env=environ, stdout=subprocess.PIPE, stderr=log, check=True)
    times: report.Times = json.loads(ran.stdout)
    return times


if __name__ == "__main__":
    main(*sys.argv[1:])
