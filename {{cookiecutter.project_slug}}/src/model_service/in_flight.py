"""How many requests are inside at once, from the first byte of their bodies to their answers."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from . import metrics
from .errors import Overloaded

prediction_seconds = cache(metrics.PREDICTION_SECONDS.labels)


class InFlight:
    """Bounds the requests that hold a thread each, of which a server has so many.

    Bodies may come as slowly as clients like, and no WSGI server ends a read. If those could take
    all threads, not even `/healthz` would be answered.
    """

    def __init__(self, most: int) -> None:
        self._most, self._inside = most, 0
        self._lock = threading.Lock()

    def check(self) -> None:
        """Raise Overloaded if there is no place."""
        if self._inside >= self._most:
            raise Overloaded("The service has all the requests it can take: try again later.")

    @contextmanager
    def one(self) -> Iterator[None]:
        """Hold a place for a request; raises Overloaded at once if there is none."""
        arrived, outcome = time.monotonic(), "fail"
        try:
            self._enter()
            try:
                yield
                outcome = "success"
            finally:
                self._leave()
        finally:
            prediction_seconds(outcome).observe(time.monotonic() - arrived)

    def _enter(self) -> None:
        with self._lock:
            self.check()
            self._inside += 1
            metrics.IN_FLIGHT.set(self._inside)

    def _leave(self) -> None:
        with self._lock:
            self._inside -= 1
            metrics.IN_FLIGHT.set(self._inside)
