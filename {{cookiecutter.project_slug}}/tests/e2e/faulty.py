"""The real server, whose model does on command what cannot be waited for: hang, crash, or raise.

Run as a program; the file named by `FAULT` says what the next runs of the model do.
"""

import ctypes
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask

from model_service import supervisor, worker
from model_service.arrays import Array, Arrays
from model_service.server import serve
from model_service.settings import Settings

FAULT = "FAULT"
FOR_EVER_S = 3600


def raise_memory_error() -> None:
    """Do as a runtime that cannot allocate."""
    raise MemoryError


FAULTS: dict[str, Callable[[], object]] = {
    "none": lambda: None,
    "hang": lambda: time.sleep(FOR_EVER_S),
    "hang with the lock": lambda: ctypes.PyDLL(None).sleep(FOR_EVER_S),
    "crash": lambda: signal.raise_signal(signal.SIGSEGV),
    "no memory": raise_memory_error,
}


def load_app(generation: worker.Generation) -> Flask:
    """Return the application of a worker, with the fault in front of its model."""
    signal.pthread_sigmask(signal.SIG_BLOCK, worker.SIGNALS)  # before any thread starts

    from model_service import watchdog
    from model_service.device import FixedModel, PlacedModel

    def run(self: FixedModel, inputs: Arrays) -> dict[str, Array]:
        FAULTS[Path(os.environ[FAULT]).read_text(encoding="utf-8")]()
        return self.placement.engine.run(inputs)

    watchdog.FAREWELL_S = 5.0  # so long that a test on a busy machine sees it
    placed: Any = PlacedModel
    placed.run = run
    return worker.load_app(generation)


if __name__ == "__main__":
    module: Any = supervisor
    module.load_app = load_app
    serve(Settings.from_env())
