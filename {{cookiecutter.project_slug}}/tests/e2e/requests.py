"""Requests that no HTTP client would send: stopped in the middle, or without a sound head."""

import http.client
import io
import socket
from typing import NamedTuple

import msgspec

from ..processes import Reply, Server

REFUSED = "refused"  # by the server itself, before the application: a 4xx without a body


class Answer(NamedTuple):
    """One of the answers on a connection."""

    status: int
    content_type: str
    body: bytes

    @property
    def told(self) -> str:
        """The status, with the code of an error; raises AssertionError if it is not ours."""
        if self.status == 100:
            return "100"
        if not self.body:
            assert 400 <= self.status < 500
            return REFUSED
        assert self.content_type == "application/json", self.body
        content = msgspec.json.decode(self.body)
        if self.status == 200:
            return "200"
        assert content.keys() == {"error", "code", "request_id"}
        assert "Traceback" not in content["error"]
        return f"{self.status} {content['code']}"


def open_request(connection: socket.socket, length: int) -> None:
    """Send the head of a prediction request and wait until the server takes the body.

    The server says "100 Continue" once the application reads the body: it is in flight from then.
    """
    connection.sendall(
        b"POST /predict HTTP/1.1\r\nHost: service\r\nContent-Type: application/json\r\n"
        b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % length
    )
    status = connection.recv(4096)
    assert status.split()[1] == b"100", status


def finish(connection: socket.socket) -> Reply:
    """Return the answer to an open request."""
    with http.client.HTTPResponse(connection, method="POST") as response:
        response.begin()
        return Reply(response.status, response.read())


def converse(server: Server, sent: bytes, stops: bool = False) -> list[Answer]:
    """Send bytes on one connection and return all answers, once the server has closed it.

    A client that `stops` tells the server that it sends no more.
    """
    with server.connect() as connection:
        try:
            connection.sendall(sent)
            if stops:
                connection.shutdown(socket.SHUT_WR)
        except ConnectionError:  # the server has answered and does not read on
            pass
        return read_answers(read_all(connection))


def read_all(connection: socket.socket) -> bytes:
    """Return what comes until the server closes the connection."""
    received = b""
    try:
        while part := connection.recv(2**16):
            received += part
    except ConnectionError:  # it did not read all that was sent
        pass
    return received


def read_answers(received: bytes) -> list[Answer]:
    """Take the answers of one connection apart; each has its length."""
    answers = []
    while received:
        head, _, rest = received.partition(b"\r\n\r\n")
        line, _, fields = head.partition(b"\r\n")
        assert line.startswith(b"HTTP/1."), line
        headers = http.client.parse_headers(io.BytesIO(fields + b"\r\n\r\n"))
        length = int(headers.get("Content-Length", "0"))
        answers.append(Answer(int(line.split()[1]), headers.get_content_type(), rest[:length]))
        received = rest[length:]
    return answers
