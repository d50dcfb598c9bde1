"""How fast rows are answered while there is work, so that hopeless work is refused early."""

import time

KEPT = 0.98  # of what was counted, with each row: some 50 rows are remembered


class Pace:
    """The seconds that a row takes, as it was lately; calls must not overlap."""

    def __init__(self) -> None:
        self._busy_s = 0.0
        self._rows = 0.0
        self._since = time.monotonic()

    def resume(self) -> None:
        """There is work again: the time until now was not spent on rows."""
        self._since = time.monotonic()

    def count(self, rows: int) -> None:
        """Take so many rows as answered just now."""
        now, kept = time.monotonic(), KEPT**rows
        self._busy_s = kept * self._busy_s + now - self._since
        self._rows = kept * self._rows + rows
        self._since = now

    def seconds(self, rows: int) -> float:
        """Return how long so many rows will take; 0 as long as nothing is known."""
        return rows * self._busy_s / self._rows if self._rows else 0.0
