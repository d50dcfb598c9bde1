"""The verdicts of a soak, its table and its picture."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure
from rich.table import Table

from .clients import BUSY_NOW, LEFT, LOST, REFUSED, RIGHT, WRONG, Asked
from .kills import Kill, Sample, slope_mb_per_minute

WARM_UP = 0.2  # share of the time
MOST_MB_PER_MINUTE = 1.0
OUTCOMES = (RIGHT, REFUSED, BUSY_NOW, LEFT, WRONG, LOST)


@dataclass(frozen=True)
class Soak:
    """All that happened, times on the monotonic clock."""

    started: float
    ended: float
    asked: Sequence[Asked]
    kills: Sequence[Kill]
    samples: Sequence[Sample]

    @property
    def unexplained(self) -> list[Asked]:
        """Requests without an answer that no killed worker can have held."""
        return [
            asked
            for asked in self.asked
            if asked.outcome == LOST and not any(kill.may_have_lost(asked) for kill in self.kills)
        ]

    @property
    def wrong(self) -> list[Asked]:
        """Requests that got another answer than they should."""
        return [asked for asked in self.asked if asked.outcome == WRONG]

    @property
    def slope(self) -> float:
        """Growth of the worker that was never killed, in MB a minute after the warm-up."""
        return slope_mb_per_minute(self.samples, WARM_UP)


@dataclass(frozen=True)
class Verdict:
    """A criterion, what was measured, and whether it is met."""

    criterion: str
    measured: str
    met: bool


def verdicts(soak: Soak) -> list[Verdict]:
    """Judge a soak."""
    wrong, lost = len(soak.wrong), len(soak.unexplained)
    right = sum(asked.outcome == RIGHT for asked in soak.asked)
    held = sum(asked.outcome == LOST for asked in soak.asked) - lost
    return [
        Verdict("right answers", f"{right}", right > 0),
        Verdict("wrong answers: none", f"{wrong}", not wrong),
        Verdict(
            "requests without an answer, but those of a killed worker: none",
            f"{lost} (of killed workers: {held})",
            not lost,
        ),
        Verdict("killed workers, each replaced", f"{len(soak.kills)}", True),
        Verdict(
            f"memory of a worker grows by less than {MOST_MB_PER_MINUTE:g} MB a minute",
            f"{soak.slope:.2f} MB a minute",
            soak.slope < MOST_MB_PER_MINUTE,
        ),
    ]


def table(soak: Soak) -> Table:
    """Return how many requests of each client had which outcome."""
    counts = Counter((asked.client, asked.outcome) for asked in soak.asked)
    lines = Table("client", *OUTCOMES, title=f"{(soak.ended - soak.started) / 60:.1f} minutes")
    for client in dict.fromkeys(asked.client for asked in soak.asked):
        lines.add_row(client, *(str(counts[client, outcome] or "") for outcome in OUTCOMES))
    return lines


def plot(soak: Soak, path: Path) -> None:
    """Draw memory and right answers over time; a killed worker is a dotted line."""
    figure = Figure(figsize=(9, 5), layout="constrained")
    memory, answers = figure.subplots(2, 1, sharex=True)
    minutes = [(sample.at - soak.started) / 60 for sample in soak.samples]
    memory.plot(minutes, [sample.all for sample in soak.samples], label="all processes")
    memory.plot(minutes, [sample.survivor for sample in soak.samples], label="one worker")
    memory.set_ylabel("resident memory, MB")
    memory.set_ylim(bottom=0)
    memory.legend()
    ended = [(a.ended - soak.started) / 60 for a in soak.asked if a.outcome == RIGHT]
    bins = max(1, len(minutes))
    answers.hist(ended, bins=bins, histtype="stepfilled", color="tab:green", alpha=0.6)
    answers.set_ylabel("right answers")
    answers.set_xlabel("minutes")
    for axes in (memory, answers):
        for kill in soak.kills:
            axes.axvline((kill.at - soak.started) / 60, color="grey", linestyle=":")
    figure.savefig(path, dpi=100)
