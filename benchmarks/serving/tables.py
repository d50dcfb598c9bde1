"""The figures as rows of text: medians over the repetitions, of ratios with their spread."""

import statistics
from collections.abc import Callable, Mapping, Sequence

from .contestants import SERVICE
from .figures import Window
from .targets import Verdict, Visits
from .visit import Visit

Results = Mapping[str, Sequence[Visits]]
Row = tuple[str, ...]

COLUMNS = (
    *("contestant", "answers/s", "the service has", "p50 ms", "p99 ms", "failed/s"),
    *("CPU ms", "memory MB", "start s", "idle CPU"),
)
TARGETS = ("workload", "against", "ratio", "target", "met")


def rows(repetitions: Sequence[Visits]) -> list[Row]:
    """Return a row a contestant of a workload, the fastest first."""
    return [_row(repetitions, name) for name in by_speed(repetitions)]


def by_speed(repetitions: Sequence[Visits]) -> list[str]:
    """Return the contestants, the fastest first."""
    names = {name for visits in repetitions for name in visits}
    return sorted(names, key=lambda name: -(speed(repetitions, name) or 0))


def speed(repetitions: Sequence[Visits], name: str) -> float | None:
    """Return the answers a second of a contestant."""
    return median(repetitions, name, lambda visit: visit.capacity.throughput)


def median(
    repetitions: Sequence[Visits], name: str, figure: Callable[[Visit], float | None]
) -> float | None:
    """Return the median of a figure of a contestant; None if nothing is known."""
    values = [figure(visits[name]) for visits in repetitions if name in visits]
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def load_columns(repetitions: Sequence[Visits]) -> list[str]:
    """Return the loads under which any contestant was, in their order."""
    loads = [load for visits in repetitions for visit in visits.values() for load in visit.loads]
    return list(dict.fromkeys(loads))


def load_rows(repetitions: Sequence[Visits]) -> list[Row]:
    """Return a row a contestant with what it makes of each load.

    Of a closed loop these are answers a second, of an open one the share of goodput in what was
    offered, and the p99 in milliseconds.
    """
    loads = load_columns(repetitions)
    return [
        (name, *(_load(repetitions, name, load) for load in loads))
        for name in by_speed(repetitions)
        if any(visits[name].loads for visits in repetitions if name in visits)
    ]


def target_row(verdict: Verdict) -> Row:
    """Return how a target stands."""
    limit = f"at {'most' if verdict.at_most else 'least'} {verdict.limit:g}"
    met = "met" if verdict.met else "MISSED"
    return (f"({verdict.workload})", verdict.text, spread(verdict.values), limit, met)


def spread(values: Sequence[float]) -> str:
    """Return the median of ratios, and from where to where they go."""
    if not values:
        return ""
    middle = f"{statistics.median(values):.2f}x"
    return middle if len(values) == 1 else f"{middle} ({min(values):.2f} to {max(values):.2f})"


def _row(repetitions: Sequence[Visits], name: str) -> Row:
    def of(figure: Callable[[Visit], float | None], digits: int, unit: str = "") -> str:
        return _number(median(repetitions, name, figure), digits, unit)

    ours = _ours(repetitions)
    ratios = [
        visits[ours].capacity.throughput / visits[name].capacity.throughput
        for visits in repetitions
        if {ours, name} <= visits.keys() and visits[name].capacity.throughput
    ]
    return (
        name,
        of(lambda visit: visit.capacity.throughput, 0),
        spread(ratios),
        of(lambda visit: visit.capacity.p50_ms, 1),
        of(lambda visit: visit.capacity.p99_ms, 1),
        of(lambda visit: visit.capacity.failed, 1),
        of(lambda visit: visit.capacity.cpu_ms, 3),
        of(lambda visit: visit.memory_mb, 0),
        of(lambda visit: visit.start_s, 1),
        of(lambda visit: None if visit.idle is None else 100 * visit.idle, 1, " %"),
    )


def _ours(repetitions: Sequence[Visits]) -> str:
    """Return the service, or the form of it that takes part in its place."""
    names = {name for visits in repetitions for name in visits}
    return min((name for name in names if name.startswith(SERVICE)), default=SERVICE)


def _load(repetitions: Sequence[Visits], name: str, load: str) -> str:
    def of(figure: Callable[[Window], float | None]) -> float | None:
        return median(
            repetitions, name, lambda v: figure(v.loads[load]) if load in v.loads else None
        )

    if not load.endswith("%"):
        return _number(of(lambda window: window.throughput), 0)
    share = of(lambda window: 100 * window.goodput / window.offered if window.offered else None)
    p99 = of(lambda window: window.p99_ms)
    return f"{_number(share, 0, ' %')} / {_number(p99, 0)}" if share is not None else ""


def _number(value: float | None, digits: int, unit: str = "") -> str:
    return "" if value is None else f"{value:,.{digits}f}{unit}"
