"""What a worker process does before it serves.

Nothing that starts threads may be imported at the top: they would not inherit the mask of signals.
"""

import os
import signal
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def load_app() -> "Flask":
    """Return the application of this process; its model starts to load."""
    _take_signals_in_a_thread()

    from .app import create_app

    return create_app()


def _take_signals_in_a_thread() -> None:
    """Let one thread wait for the signals that end a worker, and pass on the first.

    Granian's handler takes a native lock. As an ordinary signal handler it can interrupt code
    that holds that lock, and the worker hangs (1 of 25 stops measured); called from a thread it
    cannot. Threads started later inherit the mask, so the signal reaches no other thread.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)

    def wait() -> None:
        number = signal.sigwait(SIGNALS)
        handler: Any = signal.getsignal(number)
        if handler in (signal.SIG_DFL, signal.default_int_handler):
            os._exit(0)  # Granian has not set its own yet, so nothing is served yet
        handler(number, None)

    threading.Thread(target=wait, name="signals", daemon=True).start()
