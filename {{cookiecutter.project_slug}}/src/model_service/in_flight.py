"""How many requests are inside at once, from the first byte of their bodies to their answers."""

import threading
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
        self._most, self._inside = most, 0
        self._lock = threading.Lock()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Hold a place for a request; raises Overloaded at once if there is none."""
        with self._lock:
            if self._inside >= self._most:
                raise Overloaded("The service has all the requests it can take: try again later.")
            self._change(1)
        try:
            yield
        finally:
            with self._lock:
                self._change(-1)

    def _change(self, by: int) -> None:
        self._inside += by
        metrics.IN_FLIGHT.set(self._inside)
