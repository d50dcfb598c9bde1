"""A server that cannot start says why in one sentence, and ends."""

import socket
import sys
from contextlib import closing
from pathlib import Path

import pytest

from model_service.loading import EXIT_STARTUP_FAILED
from model_service.model_card import CARD
from model_service.model_folder import ModelFolder

from ..edits import replace_artefact
from ..processes import APP, LIMIT_S, Server, free_port, run_service
from .conftest import Serve


@pytest.fixture
def broken_model(copied_model: Path) -> Path:
    """Return a model folder whose artefact is not the one of the card."""
    replace_artefact(copied_model, b"broken")
    return copied_model


def critical(server: Server) -> list[str]:
    """Return the messages of the lines that say why the process ends."""
    return [record["message"] for record in server.logged if record["level"] == "critical"]


def test_a_taken_port_ends_it_with_one_sentence() -> None:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        ended = run_service("serve", SERVICE_PORT=str(port))
    assert ended.returncode == 1
    (sentence,) = ended.stderr.splitlines()
    assert f"127.0.0.1:{port}" in sentence
    assert "SERVICE_PORT" in sentence


def test_a_missing_file_of_keys_ends_it_with_one_sentence() -> None:
    settings = {"SERVICE_API_KEYS_FILE": "/no/such/file", "SERVICE_PORT": str(free_port())}
    ended = run_service("serve", **settings)
    assert ended.returncode == 1
    (sentence,) = ended.stderr.splitlines()
    assert "SERVICE_API_KEYS_FILE='/no/such/file'" in sentence


def test_two_services_do_not_share_a_port(server: Server) -> None:
    ended = run_service("serve", SERVICE_PORT=str(server.port))
    assert ended.returncode == 1
    assert str(server.port) in ended.stderr
    assert server.answers("/healthz")


def test_a_broken_model_ends_it_with_one_sentence(
    serve: Serve, broken_model: Path, model: ModelFolder
) -> None:
    with serve("--workers", "1", SERVICE_MODEL_DIR=str(broken_model)) as server:
        assert server.process.wait(LIMIT_S) != 0
        (sentence,) = critical(server)
        assert model.card.artefact.file in sentence
        assert "Traceback" not in server.stderr
        assert server.refuses_connections()


def test_a_broken_model_ends_another_server_too(
    serve: Serve, broken_model: Path, model: ModelFolder, tmp_path: Path
) -> None:
    port = free_port()
    gunicorn = (sys.executable, "-m", "gunicorn", "--worker-class", "gthread")
    arguments = ("--bind", f"127.0.0.1:{port}", APP)
    settings = {"SERVICE_MODEL_DIR": str(broken_model), "SERVICE_PORT": str(port)}
    home = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}  # it writes there
    with serve(*arguments, command=gunicorn, **settings, **home) as server:
        assert server.process.wait(LIMIT_S) == EXIT_STARTUP_FAILED
        assert model.card.artefact.file in server.stderr
        assert server.refuses_connections()


def test_a_misspelt_setting_is_told_at_the_start(serve: Serve, broken_model: Path) -> None:
    (broken_model / CARD).unlink()
    settings = {"SERVICE_MODEL_DIR": str(broken_model), "SERVICE_QUEUE_ROW": "1"}
    with serve(**settings) as server:
        assert server.process.wait(LIMIT_S) != 0
        assert "SERVICE_QUEUE_ROW is not a setting" in server.stderr
