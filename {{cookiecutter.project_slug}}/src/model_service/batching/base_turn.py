"""The turn of a request, where requests run one after the other."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from ..deadline import Deadline
from ..errors import DeadlineExceeded, ServiceError
from ..timings import Timings


class Turn:
    """Lets one request at a time run the model, in order of arrival and within its deadline."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._taken = False
        self._closed: ServiceError | None = None

    @property
    def waiting(self) -> int:
        """How many requests wait for their turn."""
        return len(self._waiting)

    @contextmanager
    def within(self, deadline: Deadline, timings: Timings | None = None) -> Iterator[None]:
        """Wait for the turn and hold it for a run; raises DeadlineExceeded, also after the run."""
        arrived = time.monotonic()
        self._take(deadline)
        (timings or Timings()).waited(time.monotonic() - arrived)
        try:
            if not deadline.seconds_left:
                raise DeadlineExceeded("The request came to the model after its deadline.")
            yield
        finally:
            self._hand_over()
        if not deadline.seconds_left:
            raise DeadlineExceeded("The model took longer than the request's deadline.")

    def close(self, error: ServiceError) -> None:
        """Give no more turns: who waits for one, or comes for one, gets the error."""
        with self._lock:
            self._closed = error
            while self._waiting:
                self._waiting.popleft().set()

    def _take(self, deadline: Deadline) -> None:
        with self._lock:
            if self._closed:
                raise self._closed.with_traceback(None)
            if not self._taken:
                self._taken = True
                return
            come = threading.Event()
            self._waiting.append(come)
        come.wait(deadline.seconds_left)
        with self._lock:
            if self._closed:
                raise self._closed.with_traceback(None)
            if not come.is_set():
                self._waiting.remove(come)
                raise DeadlineExceeded("The model was busy until the request's deadline.")

    def _hand_over(self) -> None:
        """Give the turn to who waits longest; who comes just now could else take it."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False
