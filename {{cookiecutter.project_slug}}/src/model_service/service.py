"""What one worker process holds: a model that is loading, then ready."""

import logging
import os
import threading

from . import metrics
from .engine import Engine
from .errors import ModelNotReady, StartupError
from .settings import Settings
from .startup import Running, start

logger = logging.getLogger(__name__)

EXIT_STARTUP_FAILED = 3  # with this code gunicorn stops, where it would else start workers for ever


class Service:
    """The model of this process; `running` raises ModelNotReady until every check has passed."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._running: Running | None = None

    @property
    def running(self) -> Running:
        """The model that is served."""
        if self._running is None:
            raise ModelNotReady("The model is still being loaded: try again in a moment.")
        return self._running

    def load(self, engine: Engine | None = None) -> None:
        """Start the model, on the given engine if there is one; raises StartupError."""
        self._running = start(self.settings, engine)
        metrics.READY.set(1)

    def load_in_background(self) -> None:
        """Start the model in a thread, so that `/healthz` answers meanwhile.

        A model that cannot be started ends the process: it says why and never serves.
        """
        metrics.READY.set(0)
        threading.Thread(target=self._load_or_exit, name="loader", daemon=True).start()

    def _load_or_exit(self) -> None:
        try:
            self.load()
            return
        except StartupError as error:
            logger.critical("%s", error)
        except Exception:
            logger.critical("The model could not be started.", exc_info=True)
        os._exit(EXIT_STARTUP_FAILED)
