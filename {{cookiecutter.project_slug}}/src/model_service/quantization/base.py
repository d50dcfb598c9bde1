"""The proof of a quantized artefact: size, speed and agreement, each against the original."""

import statistics
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..arrays import Array, Arrays
from ..engine import Engine
from ..errors import InvalidModelCard
from ..model_card import ModelCard, Quantization

LABEL = "label"
BATCH_SIZES = (1, 16)
REPETITIONS = 50


@dataclass(frozen=True)
class Comparison:
    """What quantization costs and gives; latencies are medians in milliseconds a run.

    `accuracy` is that of (original, quantized), None if the samples have no labels; `agreement`
    is the share of samples on which both give the same answer.
    """

    latency_ms: dict[int, tuple[float, float]]
    agreement: float
    accuracy: tuple[float, float] | None

    @property
    def speed(self) -> float:
        """The speed at the batch size that gains most, 1 is that of the original."""
        return max(before / after for before, after in self.latency_ms.values())

    def shortfalls(self, floors: Quantization) -> list[str]:
        """Return what keeps the artefact from being served, and by how much."""
        found = []
        if self.agreement < floors.min_agreement:
            found.append(
                f"its agreement of {self.agreement:.2%} is below min_agreement,"
                f" {floors.min_agreement:.2%}"
            )
        before, after = self.accuracy or (0, 0)
        if before - after > floors.max_accuracy_loss:
            found.append(
                f"its accuracy of {after:.2%} is {before - after:.2%} below the original's, and"
                f" max_accuracy_loss is {floors.max_accuracy_loss:.2%}"
            )
        if self.speed < floors.min_speed:
            found.append(
                f"its speed is {self.speed:.2f} of the original's, and min_speed is"
                f" {floors.min_speed:.2f}"
            )
        return found


def read_samples(path: Path, card: ModelCard) -> tuple[dict[str, Array], Array | None]:
    """Return the model inputs of an `.npz` file, and its array `label` if it has one."""
    try:
        with path.open("rb") as file:
            arrays: dict[str, Array] = dict(np.load(file, allow_pickle=False))
        samples = {spec.name: arrays[spec.name].astype(spec.dtype) for spec in card.inputs}
    except (OSError, ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise InvalidModelCard(f"{path.name} does not hold the model's inputs: {error}.") from None
    return samples, arrays.get(LABEL)


def compare(
    original: Engine, quantized: Engine, samples: Arrays, labels: Array | None, card: ModelCard
) -> Comparison:
    """Run both engines on the samples, in turns, and return how they compare."""
    output = card.postprocessing.output or card.outputs[0].name
    before, after = (_run_all(engine, samples)[output] for engine in (original, quantized))
    latency_ms = {size: _latencies(original, quantized, samples, size) for size in BATCH_SIZES}
    if card.task != "classification":
        close = np.isclose(before, after, rtol=0, atol=card.quantization.golden_tolerance)
        alike = close.reshape(len(close), -1).all(axis=1)
        return Comparison(latency_ms, float(alike.mean()), None)
    best_before, best_after = before.argmax(axis=-1), after.argmax(axis=-1)
    accuracy = None
    if labels is not None:
        accuracy = float((best_before == labels).mean()), float((best_after == labels).mean())
    return Comparison(latency_ms, float((best_before == best_after).mean()), accuracy)


def _run_all(engine: Engine, samples: Arrays) -> dict[str, Array]:
    """Run the samples in batches of the largest size measured."""
    step = max(BATCH_SIZES)
    count = len(next(iter(samples.values())))
    runs = [engine.run(_rows(samples, start, step)) for start in range(0, count, step)]
    return {name: np.concatenate([run[name] for run in runs]) for name in runs[0]}


def _latencies(
    original: Engine, quantized: Engine, samples: Arrays, size: int
) -> tuple[float, float]:
    """Return the median time of a run of each engine; interleaved, so that noise hits both."""
    times: tuple[list[float], list[float]] = [], []
    batch = _rows(samples, 0, size)
    for _ in range(REPETITIONS):
        for engine, seconds in zip((original, quantized), times, strict=True):
            start = time.perf_counter()
            engine.run(batch)
            seconds.append(time.perf_counter() - start)
    before, after = (1000 * statistics.median(seconds) for seconds in times)
    return before, after


def _rows(samples: Arrays, start: int, count: int) -> dict[str, NDArray[np.generic]]:
    return {name: array[start : start + count] for name, array in samples.items()}
