"""Workers that hang, crash or are killed: what they held is lost, they are replaced, no more."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

import pytest

from model_service.model_folder import GoldenExamples

from ..edits import replace_artefact
from ..processes import BROKEN, LIMIT_S, ROOT, Reply, Server, wait_until
from .conftest import Check, Serve
from .faulty import FAULT

CLIENTS = 4
CHILDREN = Path("/proc/self/task") / str(os.getpid()) / "children"

pytestmark = pytest.mark.skipif(
    not CHILDREN.exists(), reason="This system does not tell the children of a process."
)


def workers(server: Server) -> list[int]:
    """Return the process ids of the workers."""
    parent = server.process.pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(pid) for pid in children if b"spawn_main" in command_of(pid)]


def command_of(pid: str) -> bytes:
    """Return the command line of a process; empty if it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def replaced(server: Server) -> bool:
    """Return whether a worker has been replaced by one that serves."""
    try:
        metrics = server.ask("GET", "/metrics").body
    except BROKEN:  # the one that was asked dies, or nobody listens at present
        return False
    return b"service_replaced_workers_total 1.0" in metrics


@pytest.fixture
def serve_faulty(serve: Serve, tmp_path: Path) -> Callable[..., AbstractContextManager[Server]]:
    """Return a function that starts a server of one worker, whose model has the named fault."""

    def run(fault: str, **settings: str) -> AbstractContextManager[Server]:
        set_fault(tmp_path, fault)
        return serve(
            command=(sys.executable, "-m", "tests.e2e.faulty"),
            PYTHONPATH=f"{ROOT / 'src'}:{ROOT}",
            SERVICE_WORKERS="1",
            **{FAULT: str(tmp_path / FAULT)},
            **settings,
        )

    return run


def set_fault(folder: Path, fault: str) -> None:
    """Let the runs of the model from now on have a fault."""
    (folder / FAULT).write_text(fault, encoding="utf-8")


class Asked(NamedTuple):
    """When a golden instance was sent, and its reply; None if the connection broke."""

    sent: float
    instance: int
    reply: Reply | None


def ask_until(stop: threading.Event, server: Server, golden: GoldenExamples) -> list[Asked]:
    """Ask for golden instances in turn, on a connection each."""
    asked: list[Asked] = []
    while not stop.is_set():
        index, sent = len(asked) % len(golden.instances), time.monotonic()
        try:
            asked.append(Asked(sent, index, server.predict(golden.instances[index])))
        except BROKEN:
            asked.append(Asked(sent, index, None))
    return asked


def counted(server: Server) -> float:
    """Return how many predictions all workers have counted."""
    lines = server.ask("GET", "/metrics").body.decode().splitlines()
    number = 'service_requests_total{code="200",route="/predict"} '
    return sum(float(line.removeprefix(number)) for line in lines if line.startswith(number))


def test_a_killed_worker_loses_what_it_held_and_is_replaced(
    serve: Serve, golden: GoldenExamples, assert_right: Check
) -> None:
    with serve("--workers", "2") as server, ThreadPoolExecutor(CLIENTS) as pool:
        wait_until(lambda: server.answers("/readyz"))
        stop = threading.Event()
        asking = [pool.submit(ask_until, stop, server, golden) for _ in range(CLIENTS)]
        try:
            wait_until(lambda: counted(server) > 0)
            killed, other = workers(server)
            before = counted(server)
            os.kill(killed, signal.SIGKILL)
            wait_until(lambda: not Path(f"/proc/{killed}").exists())  # all is closed that it held
            gone = time.monotonic()
            wait_until(lambda: replaced(server))
        finally:
            stop.set()
        asked = [one for future in asking for one in future.result(LIMIT_S)]
        assert len(workers(server)) == 2
        assert other in workers(server)
        after = 0
        for sent, instance, reply in asked:
            if reply or sent > gone:
                assert reply, "a request was lost that the killed worker cannot have held"
                assert_right(reply, instance)
            after += sent > gone
        assert after
        # What it had counted stays; it took along what it had only noted, in its last moment.
        wait_until(lambda: counted(server) >= before + after)
        assert counted(server) <= len(asked)


def test_a_worker_that_hangs_says_so_and_is_replaced(
    serve_faulty: Serve, golden: GoldenExamples, assert_right: Check, tmp_path: Path
) -> None:
    with serve_faulty("none", SERVICE_HANG_S="1") as server, ThreadPoolExecutor(2) as pool:
        wait_until(lambda: server.answers("/readyz"))
        set_fault(tmp_path, "hang")
        pool.submit(server.predict, golden.instances[0])  # it may hang with its thread
        wait_until(lambda: server.ask("GET", "/healthz").status == 503)
        set_fault(tmp_path, "none")
        refused = [server.ask("GET", "/readyz"), server.predict(golden.instances[0])]
        assert {reply.json["code"] for reply in refused} == {"model_hung"}
        wait_until(lambda: replaced(server))
        assert_right(server.predict(golden.instances[0]), 0)
    (said,) = [record for record in server.logged if record["level"] == "critical"]
    assert "has not ended in 1 s" in said["message"]
    assert "faulty.py" in said["traceback"]


@pytest.mark.parametrize("fault", ["hang with the lock", "crash"])
def test_a_worker_that_is_gone_is_replaced(
    fault: str, serve_faulty: Serve, golden: GoldenExamples, assert_right: Check, tmp_path: Path
) -> None:
    with serve_faulty("none", SERVICE_HANG_S="1") as server:
        wait_until(lambda: server.answers("/readyz"))
        set_fault(tmp_path, fault)
        with pytest.raises(BROKEN):
            server.predict(golden.instances[0])
        set_fault(tmp_path, "none")
        wait_until(lambda: replaced(server))
        assert_right(server.predict(golden.instances[0]), 0)


def test_a_model_without_memory_is_told_and_serves_again(
    serve_faulty: Serve, golden: GoldenExamples, assert_right: Check, tmp_path: Path
) -> None:
    with serve_faulty("none") as server:
        wait_until(lambda: server.answers("/readyz"))
        set_fault(tmp_path, "no memory")
        refused = server.predict(golden.instances[0])
        assert (refused.status, refused.json["code"]) == (503, "out_of_memory")
        set_fault(tmp_path, "none")
        assert_right(server.predict(golden.instances[0]), 0)


def test_a_worker_that_crashes_before_it_ever_served_ends_the_service(
    serve_faulty: Serve,
) -> None:
    with serve_faulty("crash") as server:
        assert server.process.wait(LIMIT_S) == 1
        assert server.refuses_connections()


def test_a_replacement_that_cannot_start_ends_the_service(serve: Serve, copied_model: Path) -> None:
    with serve("--workers", "2", SERVICE_MODEL_DIR=str(copied_model)) as server:
        wait_until(lambda: server.answers("/readyz"))
        replace_artefact(copied_model, b"broken")
        os.kill(workers(server)[0], signal.SIGKILL)
        assert server.process.wait(LIMIT_S) == 1
        assert "sha256" in server.stderr
        assert server.refuses_connections()


def test_workers_do_not_outlive_their_parent(serve: Serve) -> None:
    with serve("--workers", "2") as server:
        wait_until(lambda: server.answers("/readyz"))
        os.kill(server.process.pid, signal.SIGKILL)
        wait_until(server.refuses_connections)
