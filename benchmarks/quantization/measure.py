"""Quantized models against their originals: speed, size and agreement, on one thread of the CPU."""

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import template
from .artefacts import PROOF, artefact, proof_inputs
from .samples import Array, samples
from .settings import Settings

RUNS_A_TURN = 5
TOLERANCE = 1e-3


@dataclass(frozen=True)
class Result:
    """A quantized model against its original; medians in milliseconds a run of one batch.

    `size` is that of the quantized artefact, the original's is 1; `agreement` is the share of rows
    for which both give the same label.
    """

    framework: str
    scheme: str
    model: str
    batch: int
    original_ms: float
    quantized_ms: float
    size: float
    agreement: float

    @property
    def ratio(self) -> float:
        """How many times as fast as the original the quantized model is."""
        return self.original_ms / self.quantized_ms


def measure(framework: str, scheme: str, folder: Path, settings: Settings) -> list[Result]:
    """Compare each model of a folder with its original.

    Raises ValueError if an original does not give what its network gives.
    """
    return [
        result
        for model in settings.widths
        for result in _compare(framework, scheme, folder / model, settings)
    ]


def _compare(framework: str, scheme: str, home: Path, settings: Settings) -> Iterator[Result]:
    model, paths = home.name, (artefact(home), artefact(home / scheme))
    load = template.module(f"engine.{framework}").load
    template.serve_network(framework, model, settings.widths[model])
    original, quantized = (load(path, "cpu", 1) for path in paths)
    if not np.allclose(_run(original, proof_inputs(model)), np.load(home / PROOF), atol=TOLERANCE):
        raise ValueError(f"the {model} was exported wrongly for {framework}")

    before, after = map(template.module("model_folder").size_of, paths)
    rows, step = samples(model, settings.agreement_rows, seed=2), max(settings.batch_sizes)
    agreement = float(np.mean(_labels(original, rows, step) == _labels(quantized, rows, step)))
    for batch in settings.batch_sizes:
        times = _latencies(original, quantized, rows[:batch], settings.seconds)
        yield Result(framework, scheme, model, batch, *times, after / before, agreement)


def _run(engine: Any, rows: Array) -> Array:
    (outputs,) = engine.run({engine.inputs[0].name: rows}).values()
    return np.asarray(outputs)


def _labels(engine: Any, rows: Array, step: int) -> NDArray[np.intp]:
    parts = [_run(engine, rows[start : start + step]) for start in range(0, len(rows), step)]
    labels: NDArray[np.intp] = np.concatenate(parts).argmax(axis=1)
    return labels


def _latencies(original: Any, quantized: Any, rows: Array, seconds: float) -> tuple[float, float]:
    """Return the median time of a run of each engine in ms.

    They take turns, so that noise hits both, and several runs a turn: a service runs one model,
    whose weights stay in the caches. The first run of a turn, which fills them, is left out.
    """
    times: tuple[list[float], list[float]] = [], []
    for engine in (original, quantized):
        _run(engine, rows)  # some runtimes compile or repack for each new size
    stop = time.perf_counter() + seconds
    while not times[0] or time.perf_counter() < stop:
        for engine, taken in zip((original, quantized), times, strict=True):
            _run(engine, rows)
            for _ in range(RUNS_A_TURN):
                start = time.perf_counter()
                _run(engine, rows)
                taken.append(time.perf_counter() - start)
    before, after = (1000 * statistics.median(taken) for taken in times)
    return before, after
