"""The pictures of `docs/serving.md`: the speed of each contestant, and what it does under load."""

import itertools
import math
from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from . import tables
from .contestants import SERVICE
from .tables import Results
from .targets import Visits
from .visit import Visit
from .workloads import WORKLOADS

OURS, THEIRS = "tab:blue", "lightgrey"
OTHERS = tuple(
    f"tab:{name}" for name in "orange green red purple brown pink olive cyan gray".split()
)
WIDTH = 5  # inches of a panel
ACROSS = 2


def write_speed(results: Results, path: Path) -> None:
    """Draw the answers a second of all contestants as bars, a panel a workload."""
    down = math.ceil(len(results) / ACROSS)
    most = max(len(tables.by_speed(repetitions)) for repetitions in results.values())
    size = (ACROSS * WIDTH, down * (0.9 + 0.22 * most))
    figure = Figure(figsize=size, layout="constrained")
    panels = list(figure.subplots(down, ACROSS, squeeze=False).flat)
    for axes, (key, repetitions) in zip(panels, results.items(), strict=False):
        names = tables.by_speed(repetitions)[::-1]
        values = [tables.speed(repetitions, name) or 0 for name in names]
        colours = [OURS if name.startswith(SERVICE) else THEIRS for name in names]
        bars = axes.barh(names, values, color=colours)
        axes.bar_label(bars, [f" {value:,.0f}" for value in values], fontsize=8)
        axes.set_xlim(right=1.2 * max(values, default=1) or 1)
        axes.set_title(f"({key}) {WORKLOADS[key].title}", fontsize=9)
        axes.set_xlabel("answers a second")
        axes.tick_params(labelsize=8)
        axes.spines[["top", "right"]].set_visible(False)
    for axes in panels[len(results) :]:
        axes.set_axis_off()
    figure.savefig(path, dpi=100)


def write_loads(results: Results, path: Path) -> None:
    """Draw goodput and p99 against the offered load, a row of panels a workload."""
    swept = {key: visits for key, visits in results.items() if _shares(visits)}
    figure = Figure(figsize=(2 * WIDTH, 3.6 * max(1, len(swept))), layout="constrained")
    panels = figure.subplots(max(1, len(swept)), 2, squeeze=False)
    for (left, right), (key, repetitions) in zip(panels, swept.items(), strict=False):
        _draw_loads(left, right, repetitions)
        left.set_title(f"({key}) {WORKLOADS[key].title}", fontsize=9)
        left.set_ylabel("goodput, % of capacity")
        right.set_ylabel("p99, ms")
        right.set_yscale("log")
        right.yaxis.set_major_formatter("{x:g}")
        right.yaxis.set_minor_formatter(NullFormatter())
        right.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
        for axes in (left, right):
            axes.set_xlabel("offered, % of the contestant's own capacity")
            axes.set_xticks([int(share.rstrip("%")) for share in _shares(repetitions)])
    figure.savefig(path, dpi=100)


def _draw_loads(goodput: Axes, late: Axes, repetitions: Sequence[Visits]) -> None:
    shares = _shares(repetitions)
    offered = [int(share.rstrip("%")) for share in shares]
    colours = itertools.cycle(OTHERS)
    for name in tables.by_speed(repetitions):
        if not any(visits[name].loads for visits in repetitions if name in visits):
            continue
        colour, width = (OURS, 3) if name == SERVICE else (next(colours), 1)
        for axes, figure in ((goodput, _goodput), (late, _p99)):
            values = [figure(repetitions, name, share) for share in shares]
            axes.plot(
                *(offered, values), marker="o", markersize=3, label=name, color=colour, lw=width
            )
    goodput.set_ylim(-4, 129)


def _goodput(repetitions: Sequence[Visits], name: str, load: str) -> float:
    def share(visit: Visit) -> float | None:
        if load not in visit.loads or not visit.capacity.throughput:
            return None
        return 100 * visit.loads[load].goodput / visit.capacity.throughput

    return _drawn(tables.median(repetitions, name, share))


def _p99(repetitions: Sequence[Visits], name: str, load: str) -> float:
    def p99(visit: Visit) -> float | None:
        return visit.loads[load].p99_ms if load in visit.loads else None

    return _drawn(tables.median(repetitions, name, p99))


def _drawn(value: float | None) -> float:
    return math.nan if value is None else value


def _shares(repetitions: Sequence[Visits]) -> list[str]:
    return [load for load in tables.load_columns(repetitions) if load.endswith("%")]
