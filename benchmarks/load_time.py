"""How long a PyTorch state dict of 400 MB takes to load, and what it takes of memory.

In a process of its own for each file, which imports the service's engine and nothing else of it.
"""

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from cookiecutter.main import cookiecutter
from safetensors.torch import save_file

from tests.answers import ROOT

LAYERS, WIDTH = 6, 4096
REPETITIONS = 5
PACKAGE = "digit_reader"

LOAD = f"""
import re, sys, time
from pathlib import Path
import numpy as np
from torch import nn
from {PACKAGE} import architecture
from {PACKAGE}.engine import load
from {PACKAGE}.model_card import TensorSpec

spec = TensorSpec(name="x", dtype="float32", shape=(-1, {WIDTH}))
architecture.INPUTS = architecture.OUTPUTS = (spec,)
layers = [nn.Linear({WIDTH}, {WIDTH}, bias=False, device="meta") for _ in range({LAYERS})]
architecture.build = lambda: nn.Sequential(*layers)
start = time.perf_counter()
engine = load(Path(sys.argv[1]), "cpu", 1)
seconds = time.perf_counter() - start
engine.run({{"x": np.ones((1, {WIDTH}), np.float32)}})
# What getrusage says would include the process that started this one.
print(seconds, 1024 * int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]))
"""


def main() -> None:
    """Print time and peak memory for each format of a state dict."""
    weights = {f"{i}.weight": torch.randn(WIDTH, WIDTH) for i in range(LAYERS)}
    with tempfile.TemporaryDirectory() as folder:
        answers = {"framework": "pytorch", "gpu": "none"}
        project = cookiecutter(str(ROOT), no_input=True, output_dir=folder, extra_context=answers)
        for artefact in (Path(folder) / "weights.safetensors", Path(folder) / "weights.pt"):
            if artefact.suffix == ".pt":
                torch.save(weights, artefact)
            else:
                save_file(weights, artefact)
            measure(artefact, Path(project) / "src")


def measure(artefact: Path, source: Path) -> None:
    """Load the file several times and print the medians."""
    command = [sys.executable, "-c", LOAD, str(artefact)]
    runs = []
    for _ in range(REPETITIONS):
        printed = subprocess.run(
            command, env={"PYTHONPATH": str(source)}, check=True, capture_output=True, text=True
        )
        runs.append([float(value) for value in printed.stdout.split()])
    seconds, peak = (statistics.median(values) for values in zip(*runs, strict=True))
    size = artefact.stat().st_size
    print(
        f"{artefact.name}: {size / 1e6:.0f} MB, loaded in {seconds:.3f} s;"
        f" peak after a run {peak / size:.2f} times its size"
    )


if __name__ == "__main__":
    main()
