"""Starting the server: the port is checked first, and what is taken is named."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from model_service.errors import InvalidSettings
from model_service.server import serve
from model_service.settings import Settings

FAMILIES = {"127.0.0.1": socket.AF_INET, "::1": socket.AF_INET6}


@pytest.fixture(params=FAMILIES)
def taken(request: pytest.FixtureRequest) -> Iterator[tuple[str, int]]:
    """Give an address on which something listens."""
    host: str = request.param
    with closing(socket.socket(FAMILIES[host], socket.SOCK_STREAM)) as listener:
        try:
            listener.bind((host, 0))
        except OSError:
            pytest.skip(f"This machine has no address {host}.")
        listener.listen()
        yield host, listener.getsockname()[1]


def test_a_taken_port_is_refused(taken: tuple[str, int]) -> None:
    host, port = taken
    with pytest.raises(InvalidSettings, match=f"{host}:{port} .*SERVICE_PORT"):
        serve(Settings(host=host, port=port))


def test_a_port_that_another_process_shares_is_refused() -> None:
    with closing(socket.socket()) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with pytest.raises(InvalidSettings, match="SERVICE_PORT"):
            serve(Settings(port=listener.getsockname()[1]))


def test_an_address_that_is_not_this_machines_is_refused() -> None:
    with pytest.raises(InvalidSettings, match=r"192\.0\.2\.1:8000 .*SERVICE_HOST"):
        serve(Settings(host="192.0.2.1"))
