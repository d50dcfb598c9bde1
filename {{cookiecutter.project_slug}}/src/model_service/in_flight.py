"""How many requests are inside at once, from the first byte of their bodies to their answers."""

import threading

from . import metrics
from .errors import Overloaded
from .tally import TALLY


class InFlight:
    """Bounds the requests that hold a thread each, of which a server has so many.

    Bodies may come as slowly as clients like, and no WSGI server ends a read. If those could take
    all threads, not even `/healthz` would be answered.
    """

    def __init__(self, most: int) -> None:
        self._most, self._inside = most, 0
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        """Take a place for a request; raises Overloaded at once if there is none."""
        with self._lock:
            if self._inside >= self._most:
                raise Overloaded("The service has all the requests it can take: try again later.")
            self._change(1)
        TALLY.ask()

    def __exit__(self, *_: object) -> None:
        """Give the place back."""
        with self._lock:
            self._change(-1)

    def _change(self, by: int) -> None:
        self._inside += by
        metrics.IN_FLIGHT.now = self._inside
