"""How near the defaults of a render are to what its own `bench --tune` finds: `make bench`.

    python -m benchmarks.tuning [minutes]

For each starter and each way of batching a service is rendered, and tuned for some minutes. What
tuning chooses owes its place to chance, too; so both are measured again then, in turns.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from cookiecutter.main import cookiecutter

from tests.answers import QUESTIONS, ROOT

from .overload.service import ENVIRON, PACKAGE
from .quantization.cpu import this_cpu

MINUTES = 3.0
TURNS, SECONDS = 7, 2.0  # in which both are measured again, and for how long each
TARGET = 0.9
RESULTS = ROOT / ".cache" / "bench" / "tuning.json"


@dataclass(frozen=True)
class Outcome:
    """What tuning chose, and requests a second with the defaults and with that, turn by turn."""

    changed: dict[str, float]
    turns: list[tuple[float, float]]

    @property
    def ratios(self) -> list[float]:
        """The defaults' share of what the chosen settings make; 1 if those are the defaults."""
        return [defaults / chosen for defaults, chosen in self.turns] or [1.0]

    def __str__(self) -> str:
        ratio = median(self.ratios)
        changed = ", ".join(f"{name}={value:g}" for name, value in self.changed.items())
        verdict = "reached" if ratio >= TARGET else "missed"
        return (
            f"tuning chose {changed or 'the defaults'}; the defaults make"
            f" {ratio:.2f} ({min(self.ratios):.2f} to {max(self.ratios):.2f}) of it,"
            f" target {TARGET} {verdict}"
        )


def changed_by(told: dict[str, Any]) -> dict[str, float]:
    """Return what `bench --tune --json` chose, but for the defaults, which are its first trial."""
    defaults, chosen = told["trials"][0], told["trials"][told["chosen"]]
    return {
        name: value for name, value in chosen["values"].items() if value != defaults["values"][name]
    }


def measured_again(
    project: Path, changed: Mapping[str, float], turns: int, seconds: float
) -> Outcome:
    """Measure a render with its defaults and with some settings changed, one after the other."""
    both: tuple[dict[str, str], ...] = (
        {},
        {f"SERVICE_{name.upper()}": f"{value:g}" for name, value in changed.items()},
    )
    pairs = []
    for turn in range(turns if changed else 0):
        first, second = (throughput(project, both[(turn + i) % 2], seconds) for i in range(2))
        pairs.append((first, second) if turn % 2 == 0 else (second, first))
    return Outcome(dict(changed), pairs)


def throughput(project: Path, settings: Mapping[str, str], seconds: float) -> float:
    """Return the requests a second that a render answers with these settings."""
    return float(_bench(project, settings, "--seconds", str(seconds))["throughput"])


def tune(project: Path, minutes: float) -> dict[str, Any]:
    """Tune a render, without writing its settings; progress goes to stderr."""
    return _bench(project, {}, "--tune", "--dry-run", "--minutes", str(minutes))


def _bench(project: Path, settings: Mapping[str, str], *options: str) -> dict[str, Any]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SERVICE_")}
    ran = subprocess.run(
        [sys.executable, "-m", PACKAGE, "bench", "--json", *options],
        cwd=project,
        env={**environ, **ENVIRON, **settings},
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
                told = tune(Path(project), minutes)
                outcome = measured_again(Path(project), changed_by(told), TURNS, SECONDS)
            results[f"{kind}, {way}"] = {"tuning": told, "turns": outcome.turns}
            print(f"{kind}, batching={way}: {outcome}", flush=True)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1), encoding="utf-8")
    print(f"All that was measured is in {RESULTS}.")


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
