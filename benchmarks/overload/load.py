"""The load generator: Locust, in an environment of its own, so that it shares nothing with us."""

import json
import math
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ENVIRONMENT = Path(__file__).parents[2] / ".cache" / "locust"
REQUIREMENT = "locust>=2.47,<3"
LOCUSTFILE = Path(__file__).with_name("locustfile.py")
MARGIN_S = 30  # for Locust to start and to end

Records = list[dict[str, Any]]


class LoadError(Exception):
    """The load generator did not run; the message is a sentence."""


@dataclass(frozen=True)
class Plan:
    """What one run of Locust sends: see `locustfile.py`; a period of 0 is the closed loop."""

    port: int
    cases: list[dict[str, Any]]
    callers: int
    period_s: float
    deadline_ms: int
    run_s: float


def install() -> str:
    """Install Locust if it is not there, and return its version; raises LoadError."""
    python = ENVIRONMENT / "bin" / "python"
    installed = ENVIRONMENT / "installed"
    if not installed.exists():
        print("Installing the load generator, Locust ...", flush=True)
        try:
            subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", REQUIREMENT], check=True)
        except subprocess.CalledProcessError:
            raise LoadError(f"{REQUIREMENT} could not be installed into {ENVIRONMENT}.") from None
        installed.touch()
    tell = "import importlib.metadata; print(importlib.metadata.version('locust'))"
    return subprocess.check_output([python, "-c", tell], text=True).strip()


def callers(rate: float, deadline_ms: int) -> tuple[int, float]:
    """Return how many callers an open loop of so many requests a second has, and their period.

    The period is twice the deadline: a caller has its answer long before it is its turn again.
    """
    period_s = 2 * deadline_ms / 1000
    return math.ceil(rate * period_s), period_s


def run(plan: Plan, folder: Path, pin: Sequence[str]) -> Records:
    """Run Locust to its end; `pin` precedes its command. Raises LoadError."""
    plan_file, records = folder / "plan.json", folder / "records.json"
    plan_file.write_text(json.dumps(asdict(plan) | {"records": str(records)}), encoding="utf-8")
    records.unlink(missing_ok=True)
    command = [
        *pin,
        str(ENVIRONMENT / "bin" / "locust"),
        *("--locustfile", str(LOCUSTFILE), "--host", f"http://127.0.0.1:{plan.port}"),
        *("--headless", "--only-summary", "--loglevel", "ERROR"),
        *("--users", str(plan.callers + 1), "--spawn-rate", str(plan.callers + 1)),
        *("--run-time", f"{math.ceil(plan.run_s)}s"),
    ]
    environ = {**os.environ, "OVERLOAD_PLAN": str(plan_file)}
    limit_s = plan.run_s + MARGIN_S
    try:  # its exit code is 1 if any request was refused, which is what is measured
        ran = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=limit_s)
    except subprocess.TimeoutExpired:
        raise LoadError(f"The load generator did not end within {limit_s:.0f} seconds.") from None
    if not records.exists():
        raise LoadError(f"The load generator failed: {ran.stderr.strip()[-500:]}")
    content: Records = json.loads(records.read_text(encoding="utf-8"))
    return content
