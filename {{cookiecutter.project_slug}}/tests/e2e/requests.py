"""Requests that no HTTP client would send: stopped in the middle, or without a sound head."""

import http.client
import socket

from ..processes import Reply


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
