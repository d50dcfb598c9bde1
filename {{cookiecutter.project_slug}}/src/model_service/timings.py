"""What a prediction tells of its way: how long each step took, and how many rows shared its run."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from . import metrics


class Timings:
    """The seconds of each step of one request, in order, and the rows of its largest run."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.run_rows = 0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step, without what it waited for the model meanwhile."""
        start, before = time.perf_counter(), self.seconds.get("queue", 0.0)
        yield
        waited = self.seconds.get("queue", 0.0) - before
        self.seconds[name] = time.perf_counter() - start - waited
        metrics.STEP_SECONDS.labels(name).observe(self.seconds[name])

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
