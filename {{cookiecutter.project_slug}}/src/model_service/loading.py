"""Loads the model of a worker process while `/healthz` already answers."""

import gc
import logging
import os
import threading
from collections.abc import Callable

from . import metrics
from .errors import StartupError
from .service import Service
from .startup import start
from .watchdog import Watchdog

logger = logging.getLogger(__name__)

EXIT_STARTUP_FAILED = 3  # with this code gunicorn stops, where it would else start workers for ever


def load_in_background(service: Service, once: Callable[[], None] = lambda: None) -> None:
    """Start the model in a thread, and serve it after `once`.

    A model that cannot be started ends the process: it says why and never serves. A model that
    hangs later ends it, too.
    """
    metrics.READY.set(0)
    threading.Thread(target=_load_or_exit, args=(service, once), name="loader", daemon=True).start()


def _load_or_exit(service: Service, once: Callable[[], None]) -> None:
    try:
        running = start(service.settings)
        Watchdog(running.runs, service.settings.hang_s, service.give_up).start()
        gc.collect()
        gc.freeze()  # what is there now stays: the collector need not look at it again and again
        once()
        service.serve(running)
        return
    except StartupError as error:
        logger.critical("%s", error)
    except Exception:
        logger.critical("The model could not be started.", exc_info=True)
    os._exit(EXIT_STARTUP_FAILED)
