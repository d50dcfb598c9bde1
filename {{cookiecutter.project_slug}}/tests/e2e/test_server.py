"""The real server: right answers over a socket, one at a time and many at once."""

import http.client
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import msgspec

from model_service.model_folder import GoldenExamples, ModelFolder

from ..processes import APP, LIMIT_S, Reply, Server, free_port, wait_until
from .conftest import Check, Serve

CLIENTS = 16


def test_golden_instances_come_back_right(
    server: Server, golden: GoldenExamples, assert_right: Check
) -> None:
    for index, instance in enumerate(golden.instances):
        assert_right(server.predict(instance), index)


def test_sixteen_clients_get_an_answer_of_their_own(
    server: Server, golden: GoldenExamples, assert_right: Check
) -> None:
    indices = [number % len(golden.instances) for number in range(20 * CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as clients:
        replies = list(clients.map(lambda index: server.predict(golden.instances[index]), indices))
    for index, reply in zip(indices, replies, strict=True):
        assert_right(reply, index)


def test_one_connection_takes_many_requests(
    server: Server, golden: GoldenExamples, assert_right: Check
) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, LIMIT_S)) as connection:
        for index, instance in enumerate(golden.instances):
            connection.request("POST", "/predict", msgspec.json.encode({"instances": [instance]}))
            response = connection.getresponse()
            assert_right(Reply(response.status, response.read()), index)


def test_only_who_has_a_key_gets_an_answer(serve: Serve) -> None:
    key = "a-key-of-this-very-test"
    with serve("--workers", "1", SERVICE_API_KEYS=key) as server:
        wait_until(lambda: server.answers("/readyz"))
        assert server.ask("GET", "/metrics").status == 401
        assert server.ask("GET", "/metrics", headers={"X-API-Key": key}).status == 200
        assert key not in server.stderr


def test_a_body_may_come_in_chunks(
    server: Server, golden: GoldenExamples, assert_right: Check
) -> None:
    body = msgspec.json.encode({"instances": [golden.instances[0]]})
    chunks = (body[start : start + 50] for start in range(0, len(body), 50))
    assert_right(server.ask("POST", "/predict", chunks), 0)


def test_probes_and_errors_are_answered(server: Server, model: ModelFolder) -> None:
    assert server.ask("GET", "/healthz").json == {"status": "alive"}
    assert server.ask("GET", "/readyz").json["model"] == model.card.name
    assert b"service_requests_total" in server.ask("GET", "/metrics").body
    missing = server.ask("GET", "/nothing", headers={"X-Request-ID": "one-two"})
    assert (missing.status, missing.json["code"]) == (404, "not_found")
    assert missing.json["request_id"] == "one-two"


def test_workers_share_the_port_and_count_together(
    serve: Serve, golden: GoldenExamples, assert_right: Check
) -> None:
    with serve("--workers", "2") as server:
        wait_until(lambda: server.answers("/readyz"))
        wait_until(lambda: server.stderr.count("Golden examples") == 2)
        for number in range(20):
            index = number % len(golden.instances)
            assert_right(server.predict(golden.instances[index]), index)
        counted = 'service_requests_total{code="200",route="/predict"} 20.0'
        # The worker that is asked has counted; the other one does a moment after its last answer.
        wait_until(lambda: counted in server.ask("GET", "/metrics").body.decode())


def test_another_server_serves_the_same_application(
    serve: Serve, golden: GoldenExamples, tmp_path: Path, assert_right: Check
) -> None:
    port = free_port()
    gunicorn = (sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--threads", "4")
    arguments = ("--bind", f"127.0.0.1:{port}", APP)
    home = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}  # it writes there
    with serve(*arguments, command=gunicorn, SERVICE_PORT=str(port), **home) as server:
        wait_until(lambda: server.answers("/readyz"))
        for index, instance in enumerate(golden.instances):
            assert_right(server.predict(instance), index)
        server.process.terminate()
        assert server.process.wait(LIMIT_S) == 0
