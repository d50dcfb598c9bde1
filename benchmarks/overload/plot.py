"""Goodput and refusals against the offered load, as a picture."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from .measure import Result


def write(results: Sequence[Result], path: Path) -> None:
    """Draw all ways of batching side by side; rates are shares of the capacity of each."""
    figure = Figure(figsize=(4 * len(results), 3.6), layout="constrained")
    panels = figure.subplots(1, len(results), sharey=True, squeeze=False)[0]
    for axes, result in zip(panels, results, strict=True):
        loads = [100 * window.load for window in result.loads]
        capacity = result.capacity.goodput
        lines = (
            ("right answers", [100 * window.share for window in result.loads], "tab:green"),
            ("503", [100 * window.refused / capacity for window in result.loads], "tab:orange"),
            ("late", [100 * window.late / capacity for window in result.loads], "tab:red"),
        )
        axes.axhline(100, color="lightgrey", linewidth=1)
        for label, values, colour in lines:
            axes.plot(loads, values, marker="o", label=label, color=colour)
        axes.set_title(f"{result.batching}: {capacity:.0f} requests/s")
        axes.set_xlabel("offered, % of capacity")
        axes.set_xticks(loads)
        axes.set_ylim(bottom=-4)
    panels[0].set_ylabel("% of capacity")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    figure.savefig(path, dpi=100)
