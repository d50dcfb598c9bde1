"""How fast the model takes rows while there is work, so that hopeless work is refused early."""

import time
from typing import NamedTuple

KEPT = 0.98  # of what was counted, with each row: some 50 rows are remembered


class Counted(NamedTuple):
    """Rows that were run, and the seconds that they took; older ones count less."""

    rows: float
    seconds: float


class Pace:
    """The seconds that a row takes, waiting between runs included, as it was lately."""

    def __init__(self) -> None:
        self._counted = Counted(0, 0)
        self._since = time.monotonic()

    def resume(self) -> None:
        """There is work again: the time until now was not spent on rows."""
        self._since = time.monotonic()

    def count(self, rows: int) -> None:
        """Take so many rows as run just now, whether well or not."""
        now, kept = time.monotonic(), KEPT**rows
        seconds = kept * self._counted.seconds + now - self._since
        self._counted = Counted(kept * self._counted.rows + rows, seconds)
        self._since = now

    def seconds(self, rows: int) -> float:
        """Return how long so many rows will take; 0 as long as nothing is known."""
        counted = self._counted
        return rows * counted.seconds / counted.rows if counted.rows else 0.0
