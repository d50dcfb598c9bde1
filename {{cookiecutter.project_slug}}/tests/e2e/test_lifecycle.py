"""The life of the real server: alive while it loads, then ready, and a clean end."""

import os
import shutil
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from model_service.model_card import CARD
from model_service.model_folder import GoldenExamples

from ..processes import BROKEN, LIMIT_S, Server, wait_until
from .conftest import Check, Serve
from .requests import finish, open_request

CLIENTS = 16


@pytest.fixture
def slow_model(served_model: Path, tmp_path: Path) -> Path:
    """Return a model folder whose card is a pipe: loading waits until the test writes it."""
    folder = Path(shutil.copytree(served_model, tmp_path / "slow"))
    (folder / CARD).unlink()
    os.mkfifo(folder / CARD)
    return folder


def test_while_the_model_loads_the_service_is_alive_and_not_ready(
    serve: Serve, slow_model: Path, served_model: Path, golden: GoldenExamples, assert_right: Check
) -> None:
    card = (served_model / CARD).read_text(encoding="utf-8")
    with serve("--workers", "1", SERVICE_MODEL_DIR=str(slow_model)) as server:
        wait_until(lambda: server.answers("/healthz"))
        for reply in (server.ask("GET", "/readyz"), server.predict(golden.instances[0])):
            assert (reply.status, reply.json["code"]) == (503, "model_not_ready")
        # Opening a pipe waits for its reader: in a thread, so that no failure can hold the test.
        threading.Thread(target=(slow_model / CARD).write_text, args=(card,), daemon=True).start()
        wait_until(lambda: server.answers("/readyz"))
        assert_right(server.predict(golden.instances[0]), 0)


def test_while_the_model_loads_the_service_can_be_stopped(serve: Serve, slow_model: Path) -> None:
    settings = {"SERVICE_MODEL_DIR": str(slow_model), "SERVICE_GRACE_S": "3600"}
    with serve("--workers", "1", **settings) as server:
        wait_until(lambda: server.answers("/healthz"))
        server.process.terminate()
        assert server.process.wait(LIMIT_S) == 0


def test_on_sigterm_a_request_in_flight_is_finished(
    serve: Serve, golden: GoldenExamples, assert_right: Check
) -> None:
    body = msgspec.json.encode({"instances": [golden.instances[0]]})
    with serve("--workers", "1", SERVICE_GRACE_S="3600") as server:
        wait_until(lambda: server.answers("/readyz"))
        with server.connect() as connection:
            open_request(connection, len(body))
            server.process.terminate()
            wait_until(server.refuses_connections)
            connection.sendall(body)
            assert_right(finish(connection), 0)
        assert server.process.wait(LIMIT_S) == 0


def test_on_sigterm_readiness_goes_first_and_work_is_refused_before_the_end(
    serve: Serve, golden: GoldenExamples, assert_right: Check
) -> None:
    with serve("--workers", "1", SERVICE_DRAIN_S="2") as server:
        wait_until(lambda: server.answers("/readyz"))
        server.process.terminate()
        wait_until(lambda: server.ask("GET", "/readyz").status == 503)
        assert_right(server.predict(golden.instances[0]), 0)
        wait_until(lambda: server.predict(golden.instances[0]).status == 503)
        refused = [server.predict(golden.instances[0]), server.ask("GET", "/readyz")]
        assert {reply.json["code"] for reply in refused} == {"shutting_down"}
        assert server.ask("GET", "/healthz").status == 200
        assert server.process.wait(LIMIT_S) == 0


def test_ctrl_c_cuts_the_farewell_short(serve: Serve) -> None:
    endless = {"SERVICE_DRAIN_S": "3600", "SERVICE_GRACE_S": "7200"}
    with serve("--workers", "1", **endless) as server:
        wait_until(lambda: server.answers("/readyz"))
        server.process.terminate()
        wait_until(lambda: server.ask("GET", "/readyz").status == 503)
        os.killpg(server.process.pid, signal.SIGINT)
        assert server.process.wait(LIMIT_S) == 0


def test_a_stop_under_load_is_a_clean_one(serve: Serve, golden: GoldenExamples) -> None:
    with serve("--workers", "1") as server, ThreadPoolExecutor(CLIENTS) as pool:
        wait_until(lambda: server.answers("/readyz"))
        asking = [pool.submit(ask_until_refused, server, golden) for _ in range(CLIENTS)]
        wait_until(lambda: "/predict" in server.stderr)
        stray = server.stray
        server.process.terminate()
        assert server.process.wait(LIMIT_S) == 0
        answered = sum(future.result(LIMIT_S) for future in asking)
    assert answered
    assert server.stray == stray  # whatever aborts a process writes no record


def ask_until_refused(server: Server, golden: GoldenExamples) -> int:
    """Ask until the connection is refused or broken; returns the number of answers."""
    answered = 0
    while True:
        try:
            assert server.predict(golden.instances[0]).status in {200, 503}
        except BROKEN:
            return answered
        answered += 1


def test_many_signals_end_it_as_one_does(serve: Serve) -> None:
    with serve("--workers", "1") as server:
        wait_until(lambda: server.answers("/readyz"))
        for _ in range(200):
            os.killpg(server.process.pid, signal.SIGTERM)
        assert server.process.wait(LIMIT_S) == 0


def test_on_ctrl_c_the_whole_group_ends_without_a_traceback(serve: Serve) -> None:
    with serve("--workers", "1", SERVICE_GRACE_S="3600") as server:
        wait_until(lambda: server.answers("/readyz"))
        os.killpg(server.process.pid, signal.SIGINT)
        assert server.process.wait(LIMIT_S) == 0
        assert "Traceback" not in server.stderr
