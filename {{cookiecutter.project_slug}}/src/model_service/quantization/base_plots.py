"""The plots of the report as PNG files; they need matplotlib, the optional extra `report`."""

import math
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .base_report import Report

ORIGINAL, QUANTIZED = "#7f8c9b", "#c2410c"
INCHES = 7
INCHES_A_BAR = 0.24
BINS = 30


def draw(report: Report, folder: Path) -> dict[str, str]:
    """Write the plots that the figures allow; return their files by what they show."""
    comparison = report.comparison
    plots: dict[str, Callable[[Report, Axes], None]] = {"Latency": _latency, "Size": _size}
    plots["Agreement"] = _disagreement if comparison.classes else _differences
    if comparison.accuracy is not None:
        plots["Accuracy by class"] = _drops
    files = {}
    for title, plot in plots.items():
        figure = Figure(figsize=(INCHES, INCHES / 2), layout="constrained")
        axes = figure.subplots()
        axes.spines[["top", "right"]].set_visible(False)
        plot(report, axes)
        files[title] = f"quantization-{title.lower().replace(' ', '-')}.png"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of letters in a label that the font lacks
            figure.savefig(folder / files[title], dpi=150)
    return files


def _latency(report: Report, axes: Axes) -> None:
    latency_ms = report.comparison.latency_ms
    for place, (name, colour) in enumerate((("original", ORIGINAL), ("quantized", QUANTIZED))):
        times = [pair[place] for pair in latency_ms.values()]
        axes.plot(list(latency_ms), times, marker="o", color=colour, label=name)
    axes.set(title="Latency of a run on one thread", xlabel="rows in the batch", ylabel="ms")
    axes.set_xticks(list(latency_ms))
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)


def _size(report: Report, axes: Axes) -> None:
    sizes = [size / 1000 for size in report.sizes]
    bars = axes.barh(["original", "quantized"], sizes, 0.5, color=[ORIGINAL, QUANTIZED])
    axes.bar_label(bars, [f"{size:,.0f}" for size in sizes], padding=4)
    axes.set(title="Size of the artefact", xlabel="KB")
    axes.invert_yaxis()
    axes.margins(x=0.15)


def _disagreement(report: Report, axes: Axes) -> None:
    worst = sorted(report.worst(), key=lambda shares: shares.agreement)
    _bars(axes, {report.label(one): 100 * (1 - one.agreement) for one in worst}, "%.1f")
    axes.set(title="Samples on which the two differ, by class", xlabel="% of the class")


def _drops(report: Report, axes: Axes) -> None:
    drops = {}
    for one in report.worst():
        before, after = one.accuracy or (0, 0)
        drops[report.label(one)] = 100 * (after - before)
    _bars(axes, drops, "%+.1f")
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set(title="Accuracy: quantized less original, by class", xlabel="percentage points")


def _differences(report: Report, axes: Axes) -> None:
    finite = [gap for gap in report.comparison.differences if math.isfinite(gap)]
    axes.hist(finite, bins=BINS, color=QUANTIZED)
    axes.axvline(report.tolerance, color="black", linewidth=0.8, linestyle="--")
    axes.set(
        title="Largest difference in each sample", xlabel="difference; dashed: golden_tolerance"
    )
    axes.set_ylabel("samples")


def _bars(axes: Axes, shares: Mapping[str, float], form: str) -> None:
    """Draw a bar a class, the first on top; a dollar in a label would begin a formula."""
    axes.figure.set_figheight(INCHES / 5 + INCHES_A_BAR * len(shares))  # type: ignore[union-attr]
    names = [name.replace("$", r"\$") for name in shares]
    bars = axes.barh(range(len(names)), list(shares.values()), color=QUANTIZED)
    axes.set_yticks(range(len(names)), names, fontsize="small")
    axes.spines["left"].set_visible(False)
    axes.bar_label(bars, fmt=form, padding=4)
    axes.invert_yaxis()
    axes.margins(x=0.15)
