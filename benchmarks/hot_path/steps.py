"""Time the steps of a prediction in a process of its own.

Its arguments are the package, the file of the body, and how often all of it is done.

Prints a JSON object: microseconds of CPU time by step, and beside each those of the bare function,
measured in turn; a list for each, one entry a repetition.
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

Step = Callable[[], object]


def main(package: str, body_file: str, repetitions: str) -> None:
    """Print what each step takes."""
    body = Path(body_file).read_bytes()
    service = Service(package, body)
    bare, steps = service.bare, service.steps()
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in steps}
    for repetition in range(int(repetitions) + 1):
        for name, step in steps.items():
            pair = _microseconds(step), _microseconds(bare)
            if repetition:  # the first one warms up
                times[name].append(pair)
    print(json.dumps(times))


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
        """Return the whole and its parts, in the order of a request."""
        module, running = self._module, self._running
        pipeline, deadline = running.pipeline, module("deadline").Deadline.after_ms(1e9)
        schemas, envelope = module("schemas"), module("routes.envelope")
        timings = module("timings").Timings
        read_body = module("routes.body").read_body
        instance = schemas.parse_json(self._body)[0]
        row = pipeline._preprocess(instance)
        rows = {name: array[None] for name, array in row.items()}
        outputs = {name: array[0] for name, array in running.engine.run(rows).items()}
        answer = schemas.PredictResponse([pipeline._postprocess(outputs)])
        request = {**self.environ(), envelope.REQUEST_ID: "0" * 32}
        return {
            "POST /predict": lambda: self.call(self._app),
            "log line and metrics of the request": lambda: envelope.note_answer(
                request, 200, 0.001
            ),
            "reading the body": lambda: read_body(self.environ(), 1 << 24),
            "parsing JSON": lambda: schemas.parse_json(self._body),
            "validating the instance, making its array": lambda: pipeline._preprocess(instance),
            "admission, hand-over and run": lambda: pipeline.run(rows, deadline, timings()),
            "of it, the run with its checks and metrics": lambda: running.runs.run(rows),
            "of that, the runtime alone": lambda: self._session.run(None, rows),
            "postprocessing": lambda: pipeline._postprocess(outputs),
            "writing JSON": lambda: msgspec.json.encode(answer),
            "not on the way: Flask, with a view that does nothing": lambda: self.call(self._plain),
        }


if __name__ == "__main__":
    main(*sys.argv[1:])
