"""How long processes take: a bare loop, `predict` on this machine, `predict` on a Ray cluster."""

import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from tests.answers import ROOT

from .model import BATCH

PYTHON = ROOT / ".cache" / "ray" / "bin" / "python"
CLUSTER = Path(__file__).with_name("cluster.py")
BARE = Path(__file__).with_name("bare.py")
THREADS = 2


class Bench:
    """Times of a rendered service on many rows, less those on few."""

    def __init__(self, project: Path, many: Path, few: Path) -> None:
        self._project, self._many, self._few = project, many, few
        cpus = sorted(os.sched_getaffinity(0))[:THREADS]
        self._pin = ["taskset", "-c", ",".join(map(str, cpus))]

    def bare(self) -> float:
        """Return the seconds of a loop over the runtime."""
        arguments = [str(BATCH), str(THREADS)]
        return self._difference([str(BARE), "model/model.onnx"], arguments)

    def predict(self) -> float:
        """Return the seconds of `predict`."""
        return self._difference(["-m", "digit_reader", "predict"], ["--output", "out.jsonl"])

    def on_ray(self, rows: Path, repetitions: int) -> list[tuple[float, float]]:
        """Return the seconds of one worker and of two for rows, in turns, on one cluster."""
        files = [str(rows), str(self._few), str(repetitions)]
        told = self._run([str(CLUSTER), *files])
        pairs = [line.split() for line in told.splitlines() if line.startswith("seconds ")]
        return [(float(one), float(two)) for _, one, two in pairs]

    def _difference(self, before: Sequence[str], after: Sequence[str]) -> float:
        seconds = []
        for rows in (self._many, self._few):
            started = time.perf_counter()
            self._run([*before, str(rows), *after])
            seconds.append(time.perf_counter() - started)
            (self._project / "out.jsonl").unlink(missing_ok=True)
        return seconds[0] - seconds[1]

    def _run(self, arguments: Sequence[str]) -> str:
        environ = {**os.environ, "PYTHONPATH": str(self._project / "src")}
        result = subprocess.run(
            [*self._pin, str(PYTHON), *arguments],
            cwd=self._project,
            env=environ,
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stderr
        return result.stdout
