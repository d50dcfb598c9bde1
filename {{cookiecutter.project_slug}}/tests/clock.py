"""A clock that stands in for the module `time`, where a test sets what it says."""


class Clock:
    """Stands still until the test moves it."""

    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def monotonic(self) -> float:
        """Return the time."""
        return self.now

    perf_counter = monotonic
