"""nginx in front of two replicas: none of its callers notices what happens behind it."""

import json
import os
import re
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from service import free_port, running

from .answers import TEMPLATE
from .balancer import NGINX, ask, balancing, replica
from .conftest import Bake

pytestmark = pytest.mark.skipif(not NGINX, reason="nginx is not installed.")

SERVE = [sys.executable, "-m", "digit_reader", "serve"]
CLIENTS = 4
SLOW = 200
QUEUE_ROWS = 16  # far fewer than slow clients, more than quick ones


@pytest.fixture(scope="module")
def project(bake: Bake) -> Path:
    """Return a render."""
    return bake(gpu="none", input_kind="tensor")


@pytest.fixture
def replicas(project: Path) -> Iterator[dict[int, int]]:
    """Give two replicas, ready: the process group of each by its port."""
    settings = {
        "PYTHONPATH": "src",
        "PYTHONDONTWRITEBYTECODE": "1",
        "SERVICE_WORKERS": "1",
        "SERVICE_QUEUE_ROWS": str(QUEUE_ROWS),
    }
    with ExitStack() as stack:
        ports = [free_port(), free_port()]
        yield {p: stack.enter_context(running(SERVE, project, p, settings)) for p in ports}


def test_a_replica_that_is_killed_under_load_loses_no_request(
    replicas: dict[int, int], project: Path, tmp_path: Path
) -> None:
    examples = sorted((project / "model/examples").iterdir())
    port, stop = free_port(), threading.Event()
    answers: list[tuple[int, str, str]] = []

    def client() -> None:
        while not stop.is_set():
            example = examples[len(answers) % len(examples)]
            answer, body = ask(port, "POST", "/predict", example.read_bytes())
            label = json.loads(body).get("predictions", [{"label": body}])[0]["label"]
            answers.append((answer.status, label, example.stem))

    def wait_for_more() -> None:
        """Wait for so many answers that both replicas have been asked by every client."""
        wanted = len(answers) + 50 * CLIENTS
        while len(answers) < wanted and not any(one.done() for one in clients):
            stop.wait(0.01)

    with balancing(list(replicas), port, tmp_path), ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(client) for _ in range(CLIENTS)]
        try:
            wait_for_more()
            os.killpg(next(iter(replicas.values())), signal.SIGKILL)
            wait_for_more()
        finally:
            stop.set()
    for one in clients:
        one.result()
    assert len(answers) >= 100 * CLIENTS
    assert {(status, label == expected) for status, label, expected in answers} == {(200, True)}


def test_slow_clients_take_no_thread_of_the_service(
    replicas: dict[int, int], project: Path, tmp_path: Path
) -> None:
    example = (project / "model/examples/benign.json").read_bytes()
    port = free_port()
    head = f"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: {len(example)}\r\n\r\n"
    with balancing(list(replicas), port, tmp_path), ExitStack() as stack:
        slow = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(SLOW)
        ]
        for connection in slow:
            connection.sendall(head.encode() + example[:-10])
        for _ in range(QUEUE_ROWS):
            answer, body = ask(port, "POST", "/predict", example)
            assert answer.status == 200, body
        inside = [in_flight(replica) for replica in replicas]
        assert inside == [0, 0]
        for connection in slow[:QUEUE_ROWS]:  # and the slow ones are served, once they are done
            connection.sendall(example[-10:])
            assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")


def in_flight(port: int) -> float:
    """Return how many requests a replica is working on."""
    _, text = ask(port, "GET", "/metrics")
    found = re.search(r"^service_requests_in_flight (\S+)$", text.decode(), re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_a_refusal_goes_to_the_other_replica_and_comes_back_if_all_refuse(tmp_path: Path) -> None:
    full, free, port = free_port(), free_port(), free_port()
    refusal = b'{"error":"full"}'
    with replica(full, 503, refusal) as refused, balancing([full, free], port, tmp_path):
        with replica(free, 200, b"predicted") as asked:
            for _ in range(10):
                assert ask(port, "POST", "/predict", b"instances")[1] == b"predicted"
        assert asked == [b"instances"] * 10
        assert refused
        with replica(free, 503, refusal):
            for _ in range(3):  # as often as one asks: a replica that is full is not struck off
                answer, body = ask(port, "POST", "/predict", b"instances")
                assert (answer.status, body) == (503, refusal)
                assert answer.headers["Retry-After"] == "7"


def test_what_fails_in_the_model_is_not_asked_for_twice(tmp_path: Path) -> None:
    ports, port = [free_port(), free_port()], free_port()
    with replica(ports[0], 500, b"fault") as one, replica(ports[1], 500, b"fault") as other:
        with balancing(ports, port, tmp_path):
            assert ask(port, "POST", "/predict", b"instances")[0].status == 500
        assert len(one) + len(other) == 1


def test_what_nginx_says_itself_looks_like_the_service(tmp_path: Path) -> None:
    port = free_port()
    readme = (TEMPLATE / "README.md").read_text(encoding="utf-8")
    codes = set(re.findall(r"^\| `(\w+)`(?:, `\w+`)* \| \d", readme, re.MULTILINE))
    with balancing([free_port()], port, tmp_path):
        said = {
            "body_too_large": ask(port, "POST", "/predict", bytes(16 * 2**20 + 1)),
            "model_not_ready": ask(port, "POST", "/predict", b"instances", X_Request_ID="mine"),
            "not_found": ask(port, "GET", "/metrics"),
        }
    for code, (answer, body) in said.items():
        error = json.loads(body)
        assert answer.headers["Content-Type"] == "application/json"
        assert (error["code"], code in codes) == (code, True)
        assert error["error"].endswith(".")
    statuses = [answer.status for answer, _ in said.values()]
    assert statuses == [413, 503, 404]
    assert said["model_not_ready"][0].headers["Retry-After"] == "1"
    assert json.loads(said["model_not_ready"][1])["request_id"] == "mine"
    assert '"request_id":"mine"' in (tmp_path / "log").read_text()


def test_the_service_logs_the_id_that_nginx_logs(
    replicas: dict[int, int], project: Path, tmp_path: Path
) -> None:
    port = free_port()
    example = (project / "model/examples/benign.json").read_bytes()
    with balancing(list(replicas), port, tmp_path):
        answer, _ = ask(port, "POST", "/predict", example)
        forged, _ = ask(port, "POST", "/predict", example, X_Request_ID='"}')
    assert f'"request_id":"{answer.headers["X-Request-ID"]}"' in (tmp_path / "log").read_text()
    assert '"' not in forged.headers["X-Request-ID"]
