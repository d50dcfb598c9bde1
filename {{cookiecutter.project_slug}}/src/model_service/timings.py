"""What a prediction tells of its way: how long each step took, and how many rows shared its run."""

import time
from contextlib import AbstractContextManager
from functools import cache

from . import metrics

step_seconds = cache(metrics.STEP_SECONDS.labels)


class Timings:
    """The seconds of each step of one request, in order, and the rows of its largest run."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.run_rows = 0

    def step(self, name: str) -> AbstractContextManager[None]:
        """Time a step, without what it waited for the model meanwhile."""
        return _Step(name, self.seconds)

    def waited(self, seconds: float) -> None:
        """Count time in which rows waited for their run."""
        self.seconds["queue"] = self.seconds.get("queue", 0.0) + seconds
        metrics.QUEUE_SECONDS.observe(seconds)

    def ran(self, rows: int) -> None:
        """Remember that rows of the request ran in a run of so many."""
        self.run_rows = max(self.run_rows, rows)

    def header(self) -> dict[str, str]:
        """Return the header `Server-Timing`, which browsers show; times in milliseconds."""
        entries = [f"{step};dur={1000 * seconds:.3f}" for step, seconds in self.seconds.items()]
        if self.run_rows:
            entries.append(f'batch;desc="{self.run_rows}"')
        return {"Server-Timing": ", ".join(entries)}


class _Step:
    """Enters the seconds of a step that does not raise; a generator would take as long as some."""

    def __init__(self, name: str, seconds: dict[str, float]) -> None:
        self._name, self._seconds = name, seconds

    def __enter__(self) -> None:
        self._before = self._seconds.get("queue", 0.0)
        self._start = time.perf_counter()

    def __exit__(self, error: object, *_: object) -> None:
        if error is None:
            waited = self._seconds.get("queue", 0.0) - self._before
            self._seconds[self._name] = time.perf_counter() - self._start - waited
            step_seconds(self._name).observe(self._seconds[self._name])
