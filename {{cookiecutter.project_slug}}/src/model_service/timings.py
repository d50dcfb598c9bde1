"""What a prediction tells of its way: how long each step took, and how many rows shared its run."""

import time
from functools import cache


class Timings:
    """The seconds of each step of one request, in order, and the rows of its largest run.

    The first step begins when this is made.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.run_rows = 0
        self._began = time.perf_counter()
        self._waited = 0.0

    def ended(self, step: str) -> None:
        """Time a step that ends now and began as the last one ended; the wait is no part of it."""
        now = time.perf_counter()
        self.seconds[step] = now - self._began - self._waited
        self._began, self._waited = now, 0.0

    def waited(self, seconds: float) -> None:
        """Count time in which rows waited for their run."""
        self.seconds["queue"] = self.seconds.get("queue", 0.0) + seconds
        self._waited += seconds

    def ran(self, rows: int) -> None:
        """Remember that rows of the request ran in a run of so many."""
        self.run_rows = max(self.run_rows, rows)

    def header(self) -> dict[str, str]:
        """Return the header `Server-Timing`, which browsers show; times in milliseconds."""
        told = _template(tuple(self.seconds)) % tuple(1000 * s for s in self.seconds.values())
        if self.run_rows:
            told = f'{told}, batch;desc="{self.run_rows}"'
        return {"Server-Timing": told}


@cache
def _template(steps: tuple[str, ...]) -> str:
    return ", ".join(f"{step};dur=%.3f" for step in steps)
