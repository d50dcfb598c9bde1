"""How near the defaults of a render are to what its own `bench --tune` finds: `make bench`.

    python -m benchmarks.tuning [minutes]

For each starter and each way of batching a service is rendered, and tuned for some minutes.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from cookiecutter.main import cookiecutter

from tests.answers import QUESTIONS, ROOT

from .overload.service import ENVIRON, PACKAGE
from .quantization.cpu import this_cpu

MINUTES = 3.0
TARGET = 0.9
RESULTS = ROOT / ".cache" / "bench" / "tuning.json"


@dataclass(frozen=True)
class Outcome:
    """Requests a second with the defaults and with the best settings, and what these are."""

    defaults: float
    best: float
    changed: dict[str, float]

    @property
    def ratio(self) -> float:
        """The defaults' share of what tuning finds; 1 if it finds nothing better."""
        return self.defaults / self.best

    def __str__(self) -> str:
        changed = ", ".join(f"{name}={value:g}" for name, value in self.changed.items())
        verdict = "reached" if self.ratio >= TARGET else "missed"
        return (
            f"defaults {self.defaults:,.0f}/s, tuned {self.best:,.0f}/s"
            f" ({changed or 'the defaults'}): {self.ratio:.2f}, target {TARGET} {verdict}"
        )


def outcome(told: dict[str, Any]) -> Outcome:
    """Sum up what `bench --tune --json` tells; the first trial is that of the defaults."""
    defaults, chosen = told["trials"][0], told["trials"][told["chosen"]]
    changed = {
        name: value for name, value in chosen["values"].items() if value != defaults["values"][name]
    }
    return Outcome(_throughput(defaults), _throughput(chosen), changed)


def _throughput(trial: dict[str, Any]) -> float:
    return float(median(one["throughput"] for one in trial["measured"]))


def tune(project: Path, minutes: float) -> dict[str, Any]:
    """Tune a render, without writing its settings; progress goes to stderr."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SERVICE_")}
    command = [sys.executable, "-m", PACKAGE, "bench", "--tune", "--json", "--dry-run"]
    ran = subprocess.run(
        [*command, "--minutes", str(minutes)],
        cwd=project,
        env={**environ, **ENVIRON},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


def main(minutes: float = MINUTES) -> None:
    """Print for each service what its defaults reach of what tuning finds."""
    print(f"CPU: {this_cpu()}.")
    results = {}
    for kind in QUESTIONS["input_kind"]:
        for way in QUESTIONS["batching"]:
            answers = {"input_kind": kind, "batching": way, "gpu": "none"}
            with tempfile.TemporaryDirectory() as folder:
                project = cookiecutter(
                    str(ROOT), no_input=True, output_dir=folder, extra_context=answers
                )
                told = results[f"{kind}, {way}"] = tune(Path(project), minutes)
            print(f"{kind}, batching={way}: {outcome(told)}", flush=True)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1), encoding="utf-8")
    print(f"All that was measured is in {RESULTS}.")


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
