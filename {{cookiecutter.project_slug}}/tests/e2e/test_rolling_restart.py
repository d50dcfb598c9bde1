"""A rolling restart of two replicas behind nginx, under load: not one request is lost."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from model_service.model_folder import GoldenExamples

from ..processes import LIMIT_S, Reply, Server, free_port, wait_until
from .conftest import Check, Serve
from .nginx import NGINX, balancing

CLIENTS = 4


@contextmanager
def load(server: Server, golden: GoldenExamples) -> Iterator[list[tuple[int, Reply]]]:
    """Let clients ask for golden instances in turn while the block runs; gives the replies."""
    stop = threading.Event()
    replies: list[tuple[int, Reply]] = []

    def ask() -> None:
        while not stop.is_set():
            instance = len(replies) % len(golden.instances)
            replies.append((instance, server.predict(golden.instances[instance])))

    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(ask) for _ in range(CLIENTS)]
        try:
            yield replies
        finally:
            stop.set()
        for client in clients:
            client.result(LIMIT_S)


def is_asked(replica: Server) -> bool:
    """Return whether the balancer has found the replica."""
    return b'code="200",route="/predict"' in replica.ask("GET", "/metrics").body


@pytest.mark.skipif(not NGINX, reason="nginx is not installed.")
def test_a_rolling_restart_loses_no_request(
    serve: Serve, golden: GoldenExamples, assert_right: Check, tmp_path: Path
) -> None:
    ports = [free_port(), free_port()]

    def start(port: int) -> Server:
        settings = {"SERVICE_PORT": str(port), "SERVICE_WORKERS": "1", "SERVICE_DRAIN_S": "1"}
        replica = stack.enter_context(serve(**settings))
        wait_until(lambda: replica.answers("/readyz"))
        return replica

    def restart(replica: Server) -> None:
        replica.process.terminate()
        assert replica.process.wait(LIMIT_S) == 0
        replacement = start(replica.port)
        wait_until(lambda: is_asked(replacement))

    with ExitStack() as stack:
        replicas = [start(port) for port in ports]
        balancer = stack.enter_context(balancing(ports, free_port(), tmp_path))
        wait_until(lambda: balancer.answers("/readyz"))
        with load(balancer, golden) as replies:
            for replica in replicas:
                restart(replica)
    assert replies
    for instance, reply in replies:
        assert_right(reply, instance)
