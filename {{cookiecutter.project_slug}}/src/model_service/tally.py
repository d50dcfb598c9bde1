"""What happened, counted a moment later and much of it at once.

Where workers share their numbers, each is a place in a file, behind a lock, and a prediction
changes twenty of them; with its line in the log that was a third of the time of one by a small
model. So what happens is noted, which is to append to a list; a thread then sums up what is alike.

A worker that is killed in that moment takes with it what was noted. Who reads the metrics of this
process has them counted first.
"""

import atexit
import logging
import threading
from bisect import bisect_left
from collections import Counter as Tallied
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any

import prometheus_client as prometheus

from .later import Later

logger = logging.getLogger(__name__)

Count = Callable[[Sequence[Any]], None]  # counts what was noted for it, in order


class Tally:
    """What was noted and is not yet counted, and the gauges that are told as they are then."""

    def __init__(self) -> None:
        self._noted: deque[tuple[Count, Any]] = deque()
        self._counting = threading.Lock()
        self.levels: list[Level] = []

    @cached_property
    def _counted(self) -> Later:  # only once there is something: no thread starts with an import
        return Later("tally", self.count)

    def ask(self) -> None:
        """Have what was noted counted soon, and levels told."""
        self._counted.ask()

    def note(self, count: Count, what: Any) -> None:
        """Have something counted soon."""
        self._noted.append((count, what))
        self._counted.ask()

    def count(self) -> None:
        """Count what was noted until now."""
        with self._counting:
            alike: dict[Count, list[Any]] = defaultdict(list)
            for _ in range(len(self._noted)):
                count, what = self._noted.popleft()
                alike[count].append(what)
            for count, noted in alike.items():
                try:
                    count(noted)
                except Exception:  # as of a handler of the log that an owner added
                    logger.exception("what was noted could not be counted")
            for level in self.levels:
                level.set(level.now)

    def collect(self) -> Iterable[prometheus.Metric]:
        """Count before the registry asks the metrics, which come after this."""
        self.count()
        return ()


TALLY = Tally()
prometheus.REGISTRY.register(TALLY)
atexit.register(TALLY.count)


class Level(prometheus.Gauge):
    """A gauge that is what `now` was a moment ago; `TALLY.ask` has it told."""

    now = 0.0

    def __init__(self, name: str, documentation: str) -> None:
        super().__init__(name, documentation, multiprocess_mode="livesum")
        TALLY.levels.append(self)


class Summary(prometheus.Summary):
    """A summary that counts many values at once."""

    def count(self, values: Sequence[float]) -> None:
        """Observe each of the values."""
        self._count.inc(len(values))
        self._sum.inc(sum(values))


class Histogram(prometheus.Histogram):
    """A histogram that counts many values at once."""

    def count(self, values: Sequence[float]) -> None:
        """Observe each of the values."""
        buckets = Tallied(bisect_left(self._upper_bounds, value) for value in values)
        for bucket, count in buckets.items():
            self._buckets[bucket].inc(count)
        self._sum.inc(sum(values))
