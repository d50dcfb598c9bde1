"""The plot of a tuning as a PNG file; it needs matplotlib, the optional extra `report`."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from .frontier import frontier
from .tuning import Trial

PLAIN, NOW, CHOSEN = "#7f8c9b", "#1d4ed8", "#c2410c"
FILE = "tuning.png"


def draw(trials: Sequence[Trial], chosen: Trial, folder: Path) -> Path:
    """Write the plot of all trials, of which the first is that of the present settings."""
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    best = frontier(trials)
    axes.plot([one.p99_ms for one in best], [one.throughput for one in best], color=PLAIN)
    for label, colour, some in (
        ("tried", PLAIN, trials),
        ("now", NOW, trials[:1]),
        ("chosen", CHOSEN, [chosen]),
    ):
        points = [(one.p99_ms, one.throughput) for one in some]
        axes.scatter(*zip(*points, strict=True), color=colour, label=label, zorder=2)
    axes.set(title="Settings tried", xlabel="p99 in ms", ylabel="requests a second")
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, loc="lower right")
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / FILE, dpi=150)
    return folder / FILE
