"""Work that is done a moment after it was asked for, once for all who asked meanwhile."""

import signal
import threading
import time
from collections.abc import Callable

PAUSE_S = 0.02


class Later:
    """A thread that does some work whenever it was asked to, a moment later."""

    def __init__(self, name: str, work: Callable[[], None]) -> None:
        self._work = work
        self._asked = False
        self._news = threading.Event()
        threading.Thread(target=self._serve, name=name, daemon=True).start()

    def ask(self) -> None:
        """Have the work done soon; this costs next to nothing if it will be anyway."""
        if not self._asked:
            self._asked = True
            self._news.set()

    def _serve(self) -> None:
        # Signals are for the thread that waits for them; see `worker.py`.
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        while self._news.wait():
            time.sleep(PAUSE_S)
            self._news.clear()
            self._asked = False  # who asks from here on may have missed this time
            self._work()
