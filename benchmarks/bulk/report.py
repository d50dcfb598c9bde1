"""The figures of `predict` as a table and as a page."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .model import CLASSES, FEATURES, WIDTH


@dataclass(frozen=True)
class Ratio:
    """How many times as fast the second of two ways is, in each repetition, and the target."""

    name: str
    values: tuple[float, ...]
    target: float

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.values)

    @property
    def verdict(self) -> str:
        """Whether the target is reached."""
        return "reached" if self.median >= self.target else "missed"


def ratio(name: str, pairs: Sequence[tuple[float, float]], target: float) -> Ratio:
    """Return the ratio of the seconds of two ways, a pair a repetition."""
    return Ratio(name, tuple(first / second for first, second in pairs), target)


def table(seconds: Mapping[str, float], results: Sequence[Ratio], rows: int) -> str:
    """Return the figures as tables of Markdown."""
    speeds = [f"| {way} | {s:.2f} | {rows / s:,.0f} |" for way, s in seconds.items()]
    ratios = [
        f"| {one.name} | {one.median:.2f} | {min(one.values):.2f} to {max(one.values):.2f}"
        f" | {one.target} | {one.verdict} |"
        for one in results
    ]
    return "\n".join(
        [
            "| way | seconds | rows/s |",
            "|---|---|---|",
            *speeds,
            "",
            "| speed | median | in the repetitions | target | is |",
            "|---|---|---|---|---|",
            *ratios,
        ]
    )


def page(
    seconds: Mapping[str, float], results: Sequence[Ratio], rows: int, repetitions: int, where: str
) -> str:
    """Return the figures as a page of Markdown."""
    return f"""\
# What `predict` makes of the runtime's speed

`python -m benchmarks.bulk --docs` wrote this page. A rendered service (ONNX Runtime, a tensor) has
an MLP of {FEATURES}, {WIDTH}, {WIDTH} and {CLASSES} units, and predicts {rows:,} rows of a `.npy`
file into JSONL, with label and scores. The bare loop runs the same model on the same rows from
memory, as many in a batch, with the engine's settings and as many threads as CPUs, and throws the
outputs away. On Ray there are two nodes of one CPU each, and the node of the command; it gets twice
as many rows, and the time is that of {rows:,}. Starting, loading and ending are subtracted. Medians
of {repetitions} repetitions, in turns.

{where}

{table(seconds, results, rows)}

What `predict` adds to a row (preprocessing, postprocessing, a line of JSON) is a few microseconds.
They count where the model itself takes no more: with one as small as the starter, the bare loop is
several times as fast.
"""
