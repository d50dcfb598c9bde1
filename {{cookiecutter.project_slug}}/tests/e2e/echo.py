"""The real server, whose model gives back what it is given, in every datatype. Run as a program."""

import signal
from typing import Any

from flask import Flask

from model_service import supervisor, worker
from model_service.server import serve
from model_service.settings import Settings


def load_app(generation: worker.Generation) -> Flask:
    """Return the application of a worker, with that model in the place of its own."""
    signal.pthread_sigmask(signal.SIG_BLOCK, worker.SIGNALS)  # before any thread starts

    from model_service import service

    from ..openinference.echo import echoing

    module: Any = service
    module.start = echoing
    return worker.load_app(generation)


if __name__ == "__main__":
    module: Any = supervisor
    module.load_app = load_app
    serve(Settings.from_env())
