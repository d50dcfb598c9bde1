"""Measure what quantization pays on an MLP and a ResNet18, on one thread: part of `make bench`.

    python -m benchmarks.quantization [framework ...]

Each step runs in a process of its own, with the modules of the template folder in place.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from . import report, template
from .artefacts import export, quantize
from .cpu import this_cpu
from .measure import Result, measure
from .processes import StepError, alone
from .settings import Settings

RESULTS = Path(__file__).parents[2] / ".cache" / "bench" / "quantization.json"
LOG = RESULTS.with_suffix(".log")


def results_of(framework: str, schemes: list[str], settings: Settings) -> Iterator[list[Result]]:
    """Yield what is measured of a framework, a scheme at a time."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        alone(LOG, export, framework, folder, settings)
        for scheme in schemes:
            alone(LOG, quantize, framework, scheme, folder, settings)
            yield alone(LOG, measure, framework, scheme, folder, settings)


def main(*given: str) -> None:
    """Print a line a measurement as it comes, of all frameworks or the given ones.

    A target that is missed is told; what cannot be measured makes the exit code 1.
    """
    offered = template.schemes()
    frameworks = given or tuple(offered)
    if unknown := ", ".join({*frameworks} - {*offered}):
        sys.exit(f"The template does not offer {unknown}; it has {', '.join(offered)}.")
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    LOG.unlink(missing_ok=True)

    cpu = this_cpu()
    print(f"CPU: {cpu}\n\n{report.HEADER}", flush=True)
    results: list[Result] = []
    failures: list[str] = []
    for framework in frameworks:
        try:
            for measured in results_of(framework, offered[framework], Settings()):
                print("\n".join(map(report.line, measured)), flush=True)
                results += measured
        except StepError as error:
            failures.append(f"{framework} could not be measured: {error} (see {LOG})")
    report.write_json(results, cpu, RESULTS)
    print(f"\n{report.AGREEMENT}\n{report.summary(results, cpu)}\nThe figures are in {RESULTS}.")
    if failures:
        sys.exit("\n".join(failures))


if __name__ == "__main__":
    main(*sys.argv[1:])
