"""How many requests are inside at once, from the first byte of their bodies to their answers."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from . import metrics
from .errors import Overloaded


class InFlight:
    """Bounds the requests that hold a thread each, of which a server has so many.

    Bodies may come as slowly as clients like, and no WSGI server ends a read. If those could take
    all threads, not even `/healthz` would be answered.
    """

    def __init__(self, most: int) -> None:
        self._places = threading.BoundedSemaphore(most)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Hold a place for a request; raises Overloaded at once if there is none."""
        arrived, outcome = time.monotonic(), "fail"
        try:
            if not self._places.acquire(blocking=False):
                raise Overloaded("The service has all the requests it can take: try again later.")
            metrics.IN_FLIGHT.inc()
            try:
                yield
                outcome = "success"
            finally:
                metrics.IN_FLIGHT.dec()
                self._places.release()
        finally:
            metrics.PREDICTION_SECONDS.labels(outcome).observe(time.monotonic() - arrived)
