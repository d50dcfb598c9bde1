"""On one connection there are as many answers as requests, whatever the bytes look like."""

import socket
from collections.abc import Iterator

import msgspec
import pytest

from model_service.model_folder import GoldenExamples
from model_service.settings import Settings

from ..processes import Server
from .conftest import Check
from .raw import HEADS, LAST
from .raw_bodies import BODIES, BODY, END, chunk, chunked, post
from .requests import converse, read_all, told

RAW = HEADS | BODIES
MOST = Settings().max_body_bytes


@pytest.fixture(scope="module", autouse=True)
def serves_on(server: Server, golden: GoldenExamples, assert_right: Check) -> Iterator[None]:
    """Check, after all of them, that the service still answers right and had no fault."""
    yield
    for index, instance in enumerate(golden.instances):
        assert_right(server.predict(instance), index)
    assert '"level":"error"' not in server.stderr


@pytest.mark.parametrize("name", RAW)
def test_a_connection_gets_the_answers_that_it_deserves(name: str, server: Server) -> None:
    raw = RAW[name]
    answers = converse(server, raw.sent, raw.stops)
    assert [told(answer) for answer in answers] == list(raw.answers)
    assert '"path":"/smuggled"' not in server.stderr
    assert server.answers("/healthz")


def as_json(document: bytes) -> bytes:
    """Return a prediction request with its length."""
    return post(b"Content-Length: %d" % len(document), body=document)


def test_requests_in_one_go_are_answered_in_their_order(
    server: Server, golden: GoldenExamples, assert_right: Check
) -> None:
    documents = [msgspec.json.encode({"instances": [one]}) for one in golden.instances]
    answers = converse(server, b"".join(map(as_json, documents)) + LAST)
    assert len(answers) == len(documents) + 1
    for index, answer in enumerate(answers[:-1]):
        assert_right(answer, index)


@pytest.mark.parametrize("size", [MOST, MOST + 1])
def test_a_body_may_have_as_many_bytes_as_the_settings_say(size: int, server: Server) -> None:
    body = BODY.ljust(size)
    expected = "200" if size <= MOST else "413 body_too_large"
    parts = [chunk(body[start : start + 2**16]) for start in range(0, size, 2**16)]
    for sent in (as_json(body), chunked(b"".join(parts) + END)):
        first, *_ = converse(server, sent + LAST)
        assert told(first) == expected


def test_of_a_body_in_chunks_that_ends_early_no_part_is_answered(
    server: Server, golden: GoldenExamples
) -> None:
    document = msgspec.json.encode({"instances": [golden.instances[0]]})
    for stop in range(0, len(document), 1 + len(document) // 100):
        sent = chunked(chunk(document[:stop], size=b"%x" % len(document), after=b""))
        assert [told(one) for one in converse(server, sent, stops=True)] == ["400 invalid_request"]


def test_broken_frames_of_another_protocol_get_no_success(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + 100 * b"\xff")
        connection.shutdown(socket.SHUT_WR)
        assert b" 200 " not in read_all(connection)
