"""Ends a worker whose model hangs, so that it is replaced by one that serves."""

import faulthandler
import logging
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable

from .errors import ModelHung, ServiceError
from .model_run import Current, ModelRuns

logger = logging.getLogger(__name__)

EXIT_HUNG = 4
LOOKS = 4  # in the time that a run may take
FAREWELL_S = 1.0  # for the answers to those who wait, and for a probe


class Watchdog:
    """Looks now and then at how long the model has been running.

    A native call that never returns cannot be stopped, only its process can.
    """

    def __init__(
        self, runs: ModelRuns, limit_s: float, give_up: Callable[[ServiceError], None]
    ) -> None:
        self._runs = runs
        self._limit_s = limit_s
        self._give_up = give_up

    def start(self) -> None:
        """Watch from a thread of its own until the process ends."""
        self._put_off_the_end()
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def _watch(self) -> None:
        while True:
            time.sleep(self._limit_s / LOOKS)
            self._put_off_the_end()
            run = self._runs.current
            if run and time.monotonic() - run.started > self._limit_s:
                self._end(run)

    def _put_off_the_end(self) -> None:
        # A call that hangs with the interpreter's lock stops this thread, too. The one of
        # faulthandler needs no lock: if it is not put off in time, it ends the process.
        faulthandler.dump_traceback_later(2 * self._limit_s + FAREWELL_S, exit=True)

    def _end(self, run: Current) -> None:
        frame = sys._current_frames().get(run.thread)
        stack = "".join(traceback.format_stack(frame)) if frame else ""
        sentence = f"A run of the model has not ended in {self._limit_s:g} s."
        logger.critical(
            "%s This worker ends; it is replaced.", sentence, extra={"fields": {"traceback": stack}}
        )
        self._give_up(ModelHung(f"{sentence} The service starts anew: try again in a moment."))
        time.sleep(FAREWELL_S)
        os._exit(EXIT_HUNG)
