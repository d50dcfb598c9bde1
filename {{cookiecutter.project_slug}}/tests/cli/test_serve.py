"""`serve`: options win over the environment, and both are checked before anything starts."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest
from click.testing import CliRunner, Result

from model_service.cli.serve import command
from model_service.errors import InvalidSettings

from ..processes import free_port


@pytest.fixture
def taken() -> Iterator[int]:
    """Give a port on which something listens, so that `serve` names it and ends."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def serve(*arguments: str, **settings: str) -> Result:
    """Run the command; the runner puts the environment back that the command changes."""
    names = ("HOST", "PORT", "WORKERS", "THREADS")
    environment: dict[str, str | None] = {f"SERVICE_{name}": None for name in names}
    return CliRunner(env={**environment, **settings}).invoke(command, arguments)


def refusal(result: Result) -> str:
    """Return the sentence with which the command ended."""
    assert isinstance(result.exception, InvalidSettings)
    return str(result.exception)


def test_the_port_is_read_from_the_environment(taken: int) -> None:
    assert f"127.0.0.1:{taken} " in refusal(serve(SERVICE_PORT=str(taken)))


def test_an_option_wins_over_the_environment(taken: int) -> None:
    result = serve("--port", str(taken), SERVICE_PORT=str(free_port()))
    assert f"127.0.0.1:{taken} " in refusal(result)


def test_every_option_becomes_a_setting(taken: int) -> None:
    options = ["--host", "localhost", "--port", str(taken), "--workers", "1", "--threads", "2"]
    assert f"localhost:{taken} " in refusal(serve(*options))


@pytest.mark.parametrize(
    ("option", "value", "variable"),
    [
        ("--port", "0", "SERVICE_PORT"),
        ("--port", "65536", "SERVICE_PORT"),
        ("--host", "", "SERVICE_HOST"),
        ("--workers", "-1", "SERVICE_WORKERS"),
        ("--threads", "5000", "SERVICE_THREADS"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(option: str, value: str, variable: str) -> None:
    assert f"{variable}='{value}'" in refusal(serve(option, value))


@pytest.mark.parametrize("option", ["--port", "--workers", "--threads"])
def test_what_is_no_number_is_a_wrong_use(option: str) -> None:
    result = serve(option, "many")
    assert result.exit_code == 2
    assert option in result.output
