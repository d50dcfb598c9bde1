"""The kserve client's talk, in the environment that `make` gives it."""

import json
import subprocess

from tests.answers import ROOT

from .outcome import Outcome
from .servers import MODEL

SOURCE = "kserve client"
PYTHON = ROOT / ".cache" / "kserve" / "bin" / "python"
TALK = ROOT / "tests" / "kserve" / "client.py"
LIMIT_S = 300


def outcomes(port: int) -> list[Outcome]:
    """Return what became of each case."""
    talk = [str(PYTHON), str(TALK), str(port), MODEL]
    told = subprocess.run(talk, capture_output=True, text=True, check=True, timeout=LIMIT_S)
    cases = json.loads(told.stdout).items()
    return [Outcome(SOURCE, f"{SOURCE}: {name}", failure) for name, failure in cases]
