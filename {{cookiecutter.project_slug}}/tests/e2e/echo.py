"""The real server, whose model gives back what it is given. Run as a program.

Its one argument are other arguments of `echoing`, as JSON; without it the model has every datatype.
"""

import functools
import json
import signal
import sys
from typing import Any

from flask import Flask

from model_service import supervisor, worker


def load_app(generation: worker.Generation) -> Flask:
    """Return the application of a worker, with that model in the place of its own."""
    signal.pthread_sigmask(signal.SIG_BLOCK, worker.SIGNALS)  # before any thread starts

    from model_service import loading

    from ..openinference.echo import echoing

    module: Any = loading
    module.start = functools.partial(echoing, **json.loads(sys.argv[1] if sys.argv[1:] else "{}"))
    return worker.load_app(generation)


if __name__ == "__main__":
    # Not at the top, which each worker runs before it can mask the signals: these start threads.
    from model_service.server import serve
    from model_service.settings import Settings

    module: Any = supervisor
    module.load_app = load_app
    serve(Settings.from_env())
