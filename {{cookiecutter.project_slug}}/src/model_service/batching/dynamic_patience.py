"""How long rows wait for callers who were just answered and may be about to come back.

Callers who ask again once they are answered fall into two halves that take turns: while the rows of
one run, the other is answered. Together in one run they would save what a run takes beside its
rows. So rows wait up to twice as long as that, but only until as many are there as the last run had
and left behind.

It paid if they came and were all that there are: next to none come while they run. Callers who do
not wait for their answers keep coming; then the next try is later and later.
"""

import time

from ..model_run import ModelRuns

PART = 2  # of what is saved: the threads of the callers work meanwhile, as they must anyway
LEAST_S = 0.001  # to save: a thread wakes too late for less
FEW = 0.25  # of the rows of a run: fewer come while it runs if its callers are all that there are
MOST_SKIPPED = 512  # runs between two tries: what one costs is seen by fewer than one in a hundred


class Patience:
    """Knows from run to run whether it pays to wait; `max_rows` fill a run."""

    def __init__(self, runs: ModelRuns, max_rows: int) -> None:
        self._runs, self._max_rows = runs, max_rows
        self._kind: object = None
        self._expected = 0  # rows of that kind
        self._until = 0.0  # on the monotonic clock
        self._tried = self._came = False
        self._skipped = self._to_skip = 0  # runs after a try that did not pay

    def ran(self, kind: object, rows: int, left: int) -> None:
        """Take note that a run of so many rows of a kind has ended; `left` have come meanwhile."""
        if self._tried:
            self._learn(self._came and left <= FEW * rows)
        saved = self._runs.beside_rows_s
        tries = saved >= LEAST_S and not self._to_skip
        self._to_skip = max(0, self._to_skip - 1)
        self._kind, self._expected = kind, min(rows + left, self._max_rows) if tries else 0
        self._until, self._tried = time.monotonic() + PART * saved, False

    def _learn(self, paid: bool) -> None:
        self._skipped = self._skipped // 2 if paid else min(MOST_SKIPPED, 2 * self._skipped or 1)
        self._to_skip = 0 if paid else self._skipped

    def seconds(self, kind: object, rows: int) -> float:
        """Return how long the rows of a kind that are here wait for more; 0: no longer."""
        left, alike = self._until - time.monotonic(), kind == self._kind
        self._came = alike and rows >= self._expected
        if self._came or not alike or left <= 0:
            return 0.0
        self._tried = True
        return left
