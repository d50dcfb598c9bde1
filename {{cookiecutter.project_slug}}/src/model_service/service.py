"""What one worker process holds: a model that is loading, then served, then left."""

import logging
import os
import threading
from collections.abc import Callable

from . import metrics
from .engine import Engine
from .errors import ModelNotReady, ServiceError, ShuttingDown, StartupError
from .in_flight import InFlight
from .settings import Settings
from .startup import Running, start
from .watchdog import Watchdog

logger = logging.getLogger(__name__)

EXIT_STARTUP_FAILED = 3  # with this code gunicorn stops, where it would else start workers for ever


class Service:
    """The model of this process, and whether it may be asked.

    What a property or a check raises is the answer to who asks in vain.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.in_flight = InFlight(settings.queue_rows)  # a request has a row or more
        self._running: Running | None = None
        self._dead: ServiceError | None = None
        self._leaving: ServiceError | None = None
        self._refusing: ServiceError | None = None

    @property
    def running(self) -> Running:
        """The model, if work is taken; raises ModelNotReady, ShuttingDown or ModelHung."""
        _raise_first(self._dead, self._refusing)
        if self._running is None:
            raise ModelNotReady("The model is still being loaded: try again in a moment.")
        return self._running

    @property
    def ready(self) -> Running:
        """The model, if more work is welcome; raises ModelNotReady, ShuttingDown or ModelHung."""
        _raise_first(self._dead, self._leaving)
        return self.running

    @property
    def leaving(self) -> bool:
        """Whether the process is about to end, so that connections should not be kept."""
        return self._leaving is not None

    def check_alive(self) -> None:
        """Raise ModelHung once the process is of no more use."""
        _raise_first(self._dead)

    def load(self, engine: Engine | None = None) -> None:
        """Start the model, on the given engine if there is one, and serve it.

        Raises StartupError.
        """
        self._serve(start(self.settings, engine))

    def load_in_background(self, once: Callable[[], None] = lambda: None) -> None:
        """Start the model in a thread, so that `/healthz` answers meanwhile; serve it after `once`.

        A model that cannot be started ends the process: it says why and never serves. A model
        that hangs later ends it, too.
        """
        metrics.READY.set(0)
        threading.Thread(
            target=self._load_or_exit, args=(once,), name="loader", daemon=True
        ).start()

    def leave(self) -> None:
        """Be no more ready; work is still taken, for callers that do not know yet."""
        self._leaving = ShuttingDown("The service is shutting down: ask another one.")
        metrics.READY.set(0)

    def refuse(self) -> None:
        """Take no more work; what was taken is finished."""
        self._refusing = self._leaving

    def give_up(self, error: ServiceError) -> None:
        """Be neither alive nor ready; who waits for the model gets the error."""
        self._dead = error
        metrics.READY.set(0)
        if self._running:
            self._running.batcher.close(error)

    def _serve(self, running: Running) -> None:
        self._running = running
        metrics.READY.set(1)

    def _load_or_exit(self, once: Callable[[], None]) -> None:
        try:
            running = start(self.settings)
            Watchdog(running.runs, self.settings.hang_s, self.give_up).start()
            once()
            self._serve(running)
            return
        except StartupError as error:
            logger.critical("%s", error)
        except Exception:
            logger.critical("The model could not be started.", exc_info=True)
        os._exit(EXIT_STARTUP_FAILED)


def _raise_first(*errors: ServiceError | None) -> None:
    for error in errors:
        if error is not None:
            raise error.with_traceback(None)  # raised again and again, it would keep every trace
