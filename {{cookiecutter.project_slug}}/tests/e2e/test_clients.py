"""Clients that leave, stop halfway or dawdle harm nobody but themselves."""

import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from http.client import IncompleteRead

import msgspec
import pytest

from model_service.model_folder import GoldenExamples

from ..processes import Server, wait_until
from .conftest import Check, Serve
from .raw import LAST
from .raw_bodies import post
from .requests import finish, open_request, read_all, read_answers, told

TIMES = 20
SLOW = 100  # connections; a worker takes as many requests as its queue takes rows, 128
RESET = struct.pack("ii", 1, 0)  # linger: leave at once, and throw away what was not sent

BODY = b'{"instances": [' + 1000 * b" " + b"]}"
WHOLE = post(b"Content-Length: %d" % len(BODY), body=BODY)
HEAD = WHOLE.index(b"{")
PHASES = {
    "before the head": (b"", 0),
    "in the head": (WHOLE[:30], 0),
    "after the head": (WHOLE[:HEAD], 0),
    "in the body": (WHOLE[: HEAD + 500], 0),
    "in a chunk": (post(b"Transfer-Encoding: chunked", body=b"400\r\n{"), 0),
    "before the answer": (WHOLE, 0),
    "in the answer": (WHOLE, 1),
    "between two requests": (WHOLE + LAST, 1),
}


@pytest.fixture(autouse=True)
def serves_on(server: Server, golden: GoldenExamples, assert_right: Check) -> Iterator[None]:
    """Check, after each of them, that the service still answers right and had no fault."""
    yield
    for index, instance in enumerate(golden.instances):
        assert_right(server.predict(instance), index)
    assert '"level":"error"' not in server.stderr


@pytest.mark.parametrize("reset", [False, True], ids=["closes", "resets"])
@pytest.mark.parametrize("phase", PHASES)
def test_a_client_may_leave_at_any_time(phase: str, reset: bool, server: Server) -> None:
    sent, received = PHASES[phase]
    for _ in range(TIMES):
        with server.connect() as connection:
            if reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            connection.sendall(sent)
            assert len(connection.recv(received)) == received


def test_a_client_that_sends_no_more_gets_its_answer_or_is_cut_off(server: Server) -> None:
    """The server takes the end of what is sent for the end of the client, also while it answers."""
    for _ in range(TIMES):
        with server.connect() as connection:
            connection.sendall(WHOLE)
            connection.shutdown(socket.SHUT_WR)
            with suppress(IncompleteRead):
                answers = read_answers(read_all(connection))
                assert [told(answer) for answer in answers] in ([], ["200"])


def test_slow_bodies_stop_nobody_and_are_answered_in_the_end(
    server: Server, golden: GoldenExamples, assert_right: Check
) -> None:
    body = msgspec.json.encode({"instances": [golden.instances[0]]})
    with ExitStack() as held:
        slow = [held.enter_context(server.connect()) for _ in range(SLOW)]
        for connection in slow:
            open_request(connection, len(body))
        for start in range(0, len(body), 1 + len(body) // 3):
            assert server.answers("/healthz")
            for index, instance in enumerate(golden.instances):
                assert_right(server.predict(instance), index)
            for connection in slow:
                connection.sendall(body[start : start + 1 + len(body) // 3])
        for connection in slow:
            assert_right(finish(connection), 0)


def test_more_slow_bodies_than_the_service_takes_are_refused_at_once(
    serve: Serve, golden: GoldenExamples, assert_right: Check
) -> None:
    body = msgspec.json.encode({"instances": [golden.instances[0]]})
    with serve("--workers", "1", SERVICE_QUEUE_ROWS="8") as server, ExitStack() as held:
        wait_until(lambda: server.answers("/readyz"))
        slow = [held.enter_context(server.connect()) for _ in range(8)]
        for connection in slow:
            open_request(connection, len(body))
        for _ in range(SLOW):  # more than it has threads
            late = held.enter_context(server.connect())
            late.sendall(WHOLE[: HEAD + 1])
            assert told(finish(late)) == "503 overloaded"
        assert server.answers("/healthz")
        for connection in slow:
            connection.sendall(body)
            assert_right(finish(connection), 0)
        assert_right(server.predict(golden.instances[0]), 0)


def test_slow_heads_stop_nobody_and_are_cut_off_in_the_end(
    server: Server, golden: GoldenExamples, assert_right: Check
) -> None:
    with ExitStack() as held:
        slow = [held.enter_context(server.connect()) for _ in range(2 * SLOW)]
        for byte in LAST[:20]:
            for connection in slow:
                connection.sendall(bytes([byte]))
        assert server.answers("/healthz")
        for index, instance in enumerate(golden.instances):
            assert_right(server.predict(instance), index)
        for connection in slow:  # waits for the header timeout of the server, once
            assert b" 200 " not in read_all(connection)
