"""Time the steps of a prediction in a process of its own.

Its arguments are the package, the file of the body, and how often all of it is done.

Prints a JSON object: microseconds of CPU time of each step with all that come after it, one entry
a repetition; so too of the bare function and of Flask, which are measured in the same turn.
"""

import io
import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from flask import Flask

CALLS = 100
BARE, FLASK = "bare", "flask"

Step = Callable[[], object]


def main(package: str, body_file: str, repetitions: str) -> None:
    """Print what each step takes."""
    service = Service(package, Path(body_file).read_bytes())
    calls = {**service.steps(), BARE: service.bare, FLASK: service.flask}
    turns = [[_microseconds(call) for call in calls.values()] for _ in range(int(repetitions) + 1)]
    warm = zip(*turns[1:], strict=True)
    print(json.dumps(dict(zip(calls, warm, strict=True))))


def _microseconds(step: Step) -> float:
    start = time.process_time()
    for _ in range(CALLS):
        step()
    return (time.process_time() - start) / CALLS * 1e6


class Service:
    """The application of a render, and the parts of which a prediction is made."""

    def __init__(self, package: str, body: bytes) -> None:
        def module(name: str) -> Any:
            return import_module(f"{package}.{name}")

        self._module, self._body = module, body
        module("logs").configure("info")
        settings = module("settings").Settings.from_env()
        placed = module("startup").start(settings)
        self._running = placed
        self._app = module("app").create_app(settings, placed.engine)
        self._plain = Flask("plain")
        self._plain.add_url_rule("/predict", "predict", lambda: b"{}", methods=["POST"])
        self._session = placed.engine._session

    def environ(self) -> dict[str, Any]:
        """Return a request as Granian hands it over."""
        return {
            "REQUEST_METHOD": "POST",
            "SCRIPT_NAME": "",
            "PATH_INFO": "/predict",
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost:8000",
            "HTTP_ACCEPT": "*/*",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(self._body)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(self._body),
            "wsgi.input_terminated": True,
        }

    def call(self, app: Any) -> None:
        """Put the request to an application and read its answer."""
        answer = app(self.environ(), lambda status, headers: None)
        b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()

    def bare(self) -> None:
        """Do the least that a WSGI application must: read JSON, run the model, write JSON."""
        environ = self.environ()
        instances = msgspec.json.decode(environ["wsgi.input"].read())["instances"]
        (outputs,) = self._session.run(None, {"x": np.asarray(instances, np.float32)})
        msgspec.json.encode({"predictions": outputs.tolist()})

    def steps(self) -> dict[str, Step]:
        """Return the way of a request, each step without what the one before it does on top."""
        module, running = self._module, self._running
        pipeline, deadline = running.pipeline, module("deadline").Deadline.after_ms(1e9)
        key, timings = module("routes.timeout").DEADLINE, module("timings").Timings
        instances = running.read_json(self._body)
        rows = {name: array[None] for name, array in pipeline._preprocess(instances[0]).items()}
        predict = self._app.view_functions["predict.predict"].at_the_door
        return {
            "request id, route, key, deadline, room, log line and metrics": lambda: self.call(
                self._app
            ),
            "reading the body and its numbers, writing JSON": lambda: predict(
                {**self.environ(), key: deadline}
            ),
            "preprocessing with its checks, postprocessing": lambda: pipeline.predict(
                instances, deadline, timings()
            ),
            "admission, and the hand-over to the thread that runs": lambda: pipeline.run(
                rows, deadline, timings()
            ),
            "checks and metrics of the run": lambda: running.runs.run(rows),
            "the runtime": lambda: self._session.run(None, rows),
        }

    def flask(self) -> None:
        """Call a Flask application with a view that does nothing."""
        self.call(self._plain)


if __name__ == "__main__":
    main(*sys.argv[1:])
