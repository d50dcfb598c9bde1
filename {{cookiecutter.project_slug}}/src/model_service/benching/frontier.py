"""The frontier of throughput against p99: what no other trial beats in both."""

from collections.abc import Sequence

import msgspec

from .tuning import Trial, shown


def frontier(trials: Sequence[Trial]) -> list[Trial]:
    """Return the trials that no other beats in both figures, the lowest p99 first."""
    kept: list[Trial] = []
    for trial in sorted(trials, key=lambda one: (one.p99_ms, -one.throughput)):
        if not kept or trial.throughput > kept[-1].throughput:
            kept.append(trial)
    return kept


def table(trials: Sequence[Trial], chosen: Trial) -> str:
    """Return the frontier as lines, with the chosen settings and the present ones, `trials[0]`."""
    told = frontier(trials)
    told += [one for one in (chosen, trials[0]) if not any(one is other for other in told)]
    rows = [[*trials[0].values, "requests/s", "p50 ms", "p99 ms", "times", ""]]
    for trial in told:
        words = [word for word, one in (("now", trials[0]), ("chosen", chosen)) if one is trial]
        rows.append(
            [
                *map(shown, trial.values.values()),
                f"{trial.throughput:,.0f}",
                f"{trial.p50_ms:.1f}",
                f"{trial.p99_ms:.1f}",
                str(len(trial.measured)),
                ", ".join(words),
            ]
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.rjust, row, widths)).rstrip() for row in rows]
    return "\n".join(lines)


def as_json(trials: Sequence[Trial], chosen: Trial) -> bytes:
    """Return every trial with all of its measurements; the first is that of the present settings.

    `chosen` is the place of the chosen one.
    """
    place = next(number for number, trial in enumerate(trials) if trial is chosen)
    return msgspec.json.encode({"chosen": place, "trials": trials})
