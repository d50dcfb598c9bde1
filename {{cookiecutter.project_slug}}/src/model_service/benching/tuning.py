"""Looks for the settings that serve most requests: one setting after the other, then a final.

A setting is moved while the others stay, in turns, until a turn brings nothing more or the time for
it is over. The best are then measured again in turn, since the winner of many noisy measurements
owes its place to chance, too.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from statistics import median

import msgspec

from ..errors import StartupError
from ..resources import IGNORED_SETTINGS, plan
from ..settings import Settings, variable
from .measurement import Measurement

BATCH_SIZES = (8, 16, 32, 64, 128)
WAITS_MS = (0.0, 2.0, 5.0, 20.0, 50.0)
FINALISTS = 3  # beside the present settings
FINAL_SHARE = 0.4  # of the time
MARGIN = 1.05  # what is not better by more than this is left as it is

Values = Mapping[str, float]  # of settings, by their names
Measure = Callable[[Values], Measurement]
Tell = Callable[[Values, Measurement | StartupError], None]


@dataclass(frozen=True)
class Trial:
    """Some values and what was measured with them, each time; medians speak for it."""

    values: Values
    measured: list[Measurement] = field(default_factory=list)

    @property
    def throughput(self) -> float:
        """Answers a second."""
        return median(one.throughput for one in self.measured)

    @property
    def p50_ms(self) -> float:
        """The latency that half of the answers keep within."""
        return median(one.p50_ms for one in self.measured)

    @property
    def p99_ms(self) -> float:
        """The latency that 99 % of the answers keep within."""
        return median(one.p99_ms for one in self.measured)

    def merit(self, bound_ms: float) -> tuple[int, float]:
        """Return what the better of two has more of: errors are worse than a p99 beyond the bound.

        Within the bound it is throughput that counts, beyond it the p99.
        """
        if any(one.errors for one in self.measured):
            return 0, self.throughput
        return (2, self.throughput) if self.p99_ms <= bound_ms else (1, 1 / self.p99_ms)


def choices(settings: Settings, cpus: int, most_rows: int) -> dict[str, list[float]]:
    """Return the values to try of each setting that this service reads.

    `most_rows` is how many rows may wait at once: a larger batch is never full.
    """
    counts = sorted({*(2**n for n in range(cpus.bit_length())), cpus})
    sizes = [size for size in BATCH_SIZES if size <= most_rows]
    tried: dict[str, Sequence[float]] = {
        "workers": counts,
        "intra_op_threads": counts,
        "max_batch_size": sizes if _shares_runs() else [],
        "batch_wait_ms": WAITS_MS,
        # Fewer would let requests that wait keep `/healthz` from being answered.
        "threads": [2 * plan(settings, cpus).threads],
    }
    return {name: list(values) for name, values in tried.items() if name not in IGNORED_SETTINGS}


def _shares_runs() -> bool:
    return "batch_wait_ms" not in IGNORED_SETTINGS


@dataclass
class Search:
    """One search, until the clock has reached `ends`; `tell` hears of each measurement."""

    measure: Measure
    tell: Tell
    settings: Settings
    cpus: int
    bound_ms: float
    ends: float
    clock: Callable[[], float] = time.monotonic
    trials: list[Trial] = field(default_factory=list)
    _tried: set[object] = field(default_factory=set)

    def run(self, tried: Mapping[str, Sequence[float]]) -> Trial:
        """Try values and return the trial of the best; the first trial is of the present ones.

        Raises StartupError if the present ones cannot be measured.
        """
        begun = self.clock()
        search_ends = self.ends - FINAL_SHARE * (self.ends - begun)
        now = Trial({name: getattr(self.settings, name) for name in tried})
        self._measured(now, self.measure(now.values))
        self._tried.add(self._effect(now.values))
        best = now
        while True:
            before = best
            for name, values in tried.items():
                for value in values:
                    if len(self.trials) > 1 and self.clock() > search_ends:
                        return self._final(now)
                    trial = self._try({**best.values, name: value})
                    if trial and self._is_better(trial, best):
                        best = trial
            if best is before:
                return self._final(now)

    def _try(self, values: Values) -> Trial | None:
        """Measure values for the first time; None if others mean the same, or they do not start."""
        effect = self._effect(values)
        if effect in self._tried:
            return None
        self._tried.add(effect)
        trial = Trial(values)
        return trial if self._again(trial) else None

    def _again(self, trial: Trial) -> bool:
        """Measure a trial once more; return whether the service started with its values."""
        try:
            self._measured(trial, self.measure(trial.values))
        except StartupError as error:
            self.tell(trial.values, error)
            return False
        return True

    def _measured(self, trial: Trial, measurement: Measurement) -> None:
        if not trial.measured:
            self.trials.append(trial)
        trial.measured.append(measurement)
        self.tell(trial.values, measurement)

    def _final(self, now: Trial) -> Trial:
        """Measure the best and the present values in turn while there is time; return the best."""
        ranked = sorted(self.trials, key=self._merit, reverse=True)
        finalists = [now, *[trial for trial in ranked if trial is not now][:FINALISTS]]
        for trial in cycle(finalists):
            if self.clock() > self.ends:
                break
            self._again(trial)
        best = max(finalists, key=self._merit)
        return best if self._is_better(best, now) else now

    def _is_better(self, trial: Trial, than: Trial) -> bool:
        (rank, value), (least, former) = self._merit(trial), self._merit(than)
        return rank > least or (rank == least and value > MARGIN * former)

    def _merit(self, trial: Trial) -> tuple[int, float]:
        return trial.merit(self.bound_ms)

    def _effect(self, values: Values) -> object:
        """Return what values mean: 0 workers are as many as are chosen then."""
        settings = msgspec.structs.replace(self.settings, **values)
        return plan(settings, self.cpus), settings.max_batch_size, settings.batch_wait_ms


def as_variables(values: Values) -> dict[str, str]:
    """Return values as the environment has them."""
    return {variable(name): shown(value) for name, value in values.items()}


def shown(value: float) -> str:
    """Return a value as it is written: 2 for 2.0."""
    return str(value).removesuffix(".0")
