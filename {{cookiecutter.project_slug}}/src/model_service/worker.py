"""What a worker process does before it serves, and when it shall end.

Nothing that starts threads may be imported at the top: they would not inherit the mask of signals.
"""

import logging
import multiprocessing
import os
import signal
import threading
from multiprocessing.context import SpawnContext
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask

    from .service import Service

logger = logging.getLogger(__name__)

SIGNALS = (signal.SIGINT, signal.SIGTERM)
REFUSAL_S = 1.0  # for callers that learn only from a refusal to go elsewhere


class Generation:
    """Workers that start together: all are ready at the same moment, and the parent knows it."""

    def __init__(self, context: SpawnContext, size: int, replaces: bool = False) -> None:
        self.replaces = replaces
        self.ready = context.Event()
        self._all_loaded = context.Barrier(size)

    def arrive(self) -> None:
        """Wait until all workers of the generation have loaded the model."""
        self._all_loaded.wait()
        self.ready.set()


def load_app(generation: Generation) -> "Flask":
    """Return the application of this process; its model starts to load.

    A worker that replaces another is loaded on return: until it listens, the others get its part.
    One whose settings do not go together says so and ends.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)

    from . import metrics
    from .app import create_app, service_of
    from .errors import StartupError
    from .loading import EXIT_STARTUP_FAILED

    try:
        app = create_app(once=generation.arrive)
    except StartupError as error:
        logger.critical("%s", error)
        os._exit(EXIT_STARTUP_FAILED)
    _start_thread("signals", _end_on_signal, service_of(app))
    _start_thread("orphan", _end_with_parent)
    if generation.replaces:
        generation.ready.wait()
        metrics.REPLACED_WORKERS.inc()
    return app


def _end_on_signal(service: "Service") -> None:
    """Wait for the signals that end a worker, take leave, and pass the signal on.

    Granian's handler takes a native lock. As an ordinary signal handler it can interrupt code
    that holds that lock, and the worker hangs (1 of 25 stops measured); called from a thread it
    cannot. Threads started later inherit the mask, so the signal reaches no other thread.
    """
    number = signal.sigwait(SIGNALS)
    handler: Any = signal.getsignal(number)
    if handler in (signal.SIG_DFL, signal.default_int_handler):
        os._exit(0)  # Granian has not set its own yet, so nothing is served yet
    service.leave()
    drain_s = service.settings.drain_s
    if number == signal.SIGTERM and not signal.sigtimedwait([signal.SIGINT], drain_s):
        service.refuse()
        signal.sigtimedwait([signal.SIGINT], min(drain_s, REFUSAL_S))
    handler(number, None)


def _end_with_parent() -> None:
    """End as on SIGTERM if the parent is killed, or it would leave a port that is taken."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _start_thread(name: str, target: Any, *arguments: object) -> None:
    threading.Thread(target=target, args=arguments, name=name, daemon=True).start()
