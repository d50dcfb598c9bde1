"""What it costs the service to take a tensor over the wire: as JSON, and as bytes.

A rendered service, whose model takes an image of 3 x 224 x 224 floats and does next to nothing with
it, is asked over HTTP; told is the CPU time of its processes for a request, as Linux counts it.
"""

import http.client
import json
import shutil
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import numpy as np
from cookiecutter.main import cookiecutter
from onnx import helper
from service import free_port, running

from benchmarks import model_folder
from benchmarks.overload.service import ANSWERS, ENVIRON, PACKAGE
from benchmarks.usage import cpu_time
from tests.answers import ROOT

SHAPE = (1, 3, 224, 224)
CPU_S = 1.0  # of each kind, at least: /proc counts in hundredths of a second
TARGET = 5
PATH = "/v2/models/wire/infer"
HEADER = "Inference-Header-Content-Length"


class Request(NamedTuple):
    """A request and what it is called."""

    name: str
    body: bytes
    headers: dict[str, str]


def main() -> None:
    """Print the CPU time of a request of each kind, and whether bytes reach their target."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(
            cookiecutter(str(ROOT), no_input=True, output_dir=folder, extra_context=ANSWERS)
        )
        write_model(project / "model")
        port, command = free_port(), [sys.executable, "-m", PACKAGE, "serve"]
        with running(command, project, port, ENVIRON, sys.stderr.buffer) as group:
            times = [milliseconds(port, group, request) for request in requests()]
    for request, time in zip(requests(), times, strict=True):
        print(f"{request.name:6} {len(request.body) / 1e6:5.2f} MB, {time:6.2f} ms of CPU time")
    ratio = times[0] / times[1]
    verdict = "reached" if ratio >= TARGET else "missed"
    print(f"bytes take {ratio:.1f} times less; the target of {TARGET} is {verdict}")


def write_model(folder: Path) -> None:
    """Put a model folder in place of the one that is there: the mean of each channel."""
    shutil.rmtree(folder)
    nodes = [helper.make_node("GlobalAveragePool", ["x"], ["y"])]
    model_folder.save(folder, nodes, {}, {"x": SHAPE[1:], "y": [SHAPE[1], 1, 1]})
    model_folder.finish(folder, np.zeros(SHAPE, np.float32), name="wire")


def requests() -> list[Request]:
    """Return the same tensor as JSON and as bytes; the answers are in the same form."""
    tensor = np.random.default_rng(0).normal(size=SHAPE).astype(np.float32)
    described = {"name": "x", "shape": SHAPE, "datatype": "FP32"}
    text = json.dumps({"inputs": [{**described, "data": tensor.ravel().tolist()}]}).encode()
    parameters = {"binary_data_size": tensor.nbytes}
    whole = {"binary_data_output": True}
    head = json.dumps({"inputs": [{**described, "parameters": parameters}], "parameters": whole})
    body = head.encode() + tensor.tobytes()
    return [Request("JSON", text, {}), Request("bytes", body, {HEADER: str(len(head))})]


def milliseconds(port: int, group: int, request: Request) -> float:
    """Return the CPU time of one request, of as many as it takes to tell."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, 60)) as connection:
        ask(connection, request)  # what is needed once
        asked, spent, before = 0, 0.0, seconds(group)
        while spent < CPU_S:
            ask(connection, request)
            asked, spent = asked + 1, seconds(group) - before
    return 1000 * spent / asked


def seconds(group: int) -> float:
    """Return the CPU time of the service so far."""
    taken = cpu_time(group, None)
    assert taken, "The CPU time of a process is read from /proc, which is not there."
    return taken.service


def ask(connection: http.client.HTTPConnection, request: Request) -> None:
    """Send a request and take its answer, which must be a success."""
    connection.request("POST", PATH, request.body, request.headers)
    response = connection.getresponse()
    answer = response.read()
    assert response.status == 200, answer


if __name__ == "__main__":
    main()
