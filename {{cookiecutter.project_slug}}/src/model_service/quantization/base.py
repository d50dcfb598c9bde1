"""The proof of a quantized artefact: speed, agreement and accuracy, each against the original."""

import statistics
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import Array, Arrays
from ..engine import Engine
from ..model_card import ModelCard, Quantization
from .base_samples import Samples

CALIBRATED = frozenset({"static-int8"})  # schemes whose scales come from samples
BATCH_SIZES = (1, 4, 16, 32)
STEP = 16  # samples in a run
REPETITIONS, FEWEST = 50, 5
LONGEST_S = 5.0  # for one batch size, if a run is long


@dataclass(frozen=True)
class ClassShares:
    """What becomes of one class: the samples that have it, or that the original gives it to.

    `accuracy` is that of (original, quantized), None if the samples have no labels.
    """

    index: int
    samples: int
    agreement: float
    accuracy: tuple[float, float] | None


@dataclass(frozen=True)
class Comparison:
    """What quantization costs and gives; latencies are medians in milliseconds a run.

    `accuracy` is that of (original, quantized), None if the samples have no labels; `agreement`
    is the share of samples on which both give the same answer. Classifiers have `classes`; others
    `differences`, of each sample the largest one of its numbers, relative for those beyond 1.
    """

    latency_ms: dict[int, tuple[float, float]]
    agreement: float
    accuracy: tuple[float, float] | None
    classes: tuple[ClassShares, ...] = ()
    differences: tuple[float, ...] = ()

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


def compare(original: Engine, quantized: Engine, samples: Samples, card: ModelCard) -> Comparison:
    """Run both engines on the samples, and return how they compare.

    Classifiers agree where their best classes are the same, others where all numbers are close.
    """
    is_single = any(spec.shape[0] == 1 for spec in card.inputs)  # the model takes a row at a time
    step, sizes = (1, (1,)) if is_single else (STEP, BATCH_SIZES)
    latency_ms = {size: _latency(original, quantized, samples, size) for size in sizes}
    batches = (
        samples.rows(range(start, min(start + step, samples.count)))
        for start in range(0, samples.count, step)
    )
    runs = ((original.run(rows), quantized.run(rows)) for rows in batches)
    if card.task != "classification":
        found = np.concatenate([_differences(*pair, card) for pair in runs])
        agreement = float((found <= card.quantization.golden_tolerance).mean())
        return Comparison(latency_ms, agreement, None, differences=tuple(found.tolist()))
    output = card.postprocessing.output or card.outputs[0].name
    before, after = np.concatenate([[_best(run[output]) for run in pair] for pair in runs], axis=1)
    labels, accuracy = samples.labels, None
    if labels is not None:
        accuracy = float((before == labels).mean()), float((after == labels).mean())
    classes = tuple(_classes(before, after, labels))
    return Comparison(latency_ms, float((before == after).mean()), accuracy, classes)


def golden_gap(
    engine: Engine, rows: Iterable[Arrays], outputs: Mapping[str, Sequence[Any]]
) -> float:
    """Return by how much an engine misses golden outputs at most, as the start measures it.

    `rows` are the preprocessed golden instances, `outputs` have a row for each of them.
    """
    gaps = [0.0]
    for index, row in enumerate(rows):
        given = engine.run({name: array[np.newaxis] for name, array in row.items()})
        for name, expected in outputs.items():
            wanted = np.asarray([expected[index]], given[name].dtype)
            gaps += _difference(wanted, given[name]).tolist()
    return float(np.max(gaps))


def _best(scores: Array) -> Array:
    """Return the best class of each row; scores may have further dimensions of size 1."""
    best: Array = scores.reshape(len(scores), -1).argmax(axis=1)
    return best


def _classes(before: Array, after: Array, labels: Array | None) -> Iterator[ClassShares]:
    of = before if labels is None else labels
    for index in np.unique(of):
        these = of == index
        accuracy = None
        if labels is not None:
            accuracy = float((before[these] == index).mean()), float((after[these] == index).mean())
        agreement = float((before[these] == after[these]).mean())
        yield ClassShares(int(index), int(these.sum()), agreement, accuracy)


def _differences(before: Arrays, after: Arrays, card: ModelCard) -> Array:
    """Return the largest difference of each row over all outputs; NaN is a difference, too."""
    gaps = [_difference(before[spec.name], after[spec.name]) for spec in card.outputs]
    largest: Array = np.max(gaps, axis=0)
    return largest


def _difference(before: Array, after: Array) -> Array:
    if before.shape != after.shape:
        return np.full(len(before), np.inf)
    if before.dtype.kind == "O":  # text
        gaps: Array = np.where(before == after, 0.0, np.inf)
    else:
        wanted = before.astype(np.float64)
        with np.errstate(invalid="ignore"):
            gaps = np.abs(after - wanted) / np.maximum(1, np.abs(wanted))
    largest: Array = gaps.reshape(len(gaps), -1).max(axis=1, initial=0)
    return largest


def _latency(
    original: Engine, quantized: Engine, samples: Samples, size: int
) -> tuple[float, float]:
    """Time both engines in turns, so that noise hits both; few samples are repeated."""
    times: tuple[list[float], list[float]] = [], []
    batch = samples.rows(index % samples.count for index in range(size))
    began = time.perf_counter()
    for repetition in range(REPETITIONS):
        if repetition >= FEWEST and time.perf_counter() - began > LONGEST_S:
            break
        for engine, seconds in zip((original, quantized), times, strict=True):
            start = time.perf_counter()
            engine.run(batch)
            seconds.append(time.perf_counter() - start)
    before, after = (1000 * statistics.median(seconds) for seconds in times)
    return before, after
