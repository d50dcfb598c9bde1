"""Requests that no HTTP client would send: stopped in the middle, or without a sound head."""

import http.client
import io
import socket

from ..processes import Reply, Server

REFUSED = "refused"  # by the server itself, before the application: a 4xx without a body


def told(reply: Reply) -> str:
    """Return "200", or the status and the code of an error; raises AssertionError for others."""
    if reply.status == 100:
        return "100"
    if not reply.body:
        assert 400 <= reply.status < 500
        return REFUSED
    assert reply.content_type == "application/json", reply.body
    if reply.status == 200:
        return "200"
    assert reply.json.keys() == {"error", "code", "request_id"}
    assert "Traceback" not in reply.json["error"]
    return f"{reply.status} {reply.json['code']}"


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
        content_type = response.headers.get_content_type()
        return Reply(response.status, response.read(), content_type)


def converse(server: Server, sent: bytes, stops: bool = False) -> list[Reply]:
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


def read_answers(received: bytes) -> list[Reply]:
    """Take the answers of one connection apart by their lengths.

    Raises IncompleteRead if the last one was cut off, as any HTTP client would.
    """
    answers = []
    while received:
        head, _, rest = received.partition(b"\r\n\r\n")
        line, _, fields = head.partition(b"\r\n")
        assert line.startswith(b"HTTP/1."), line
        headers = http.client.parse_headers(io.BytesIO(fields + b"\r\n\r\n"))
        length = int(headers.get("Content-Length", "0"))
        if len(rest) < length:
            raise http.client.IncompleteRead(rest, length - len(rest))
        answers.append(Reply(int(line.split()[1]), rest[:length], headers.get_content_type()))
        received = rest[length:]
    return answers
