"""`bench` with the real server: one that runs, one that it starts, and several that it tries."""

import signal
import subprocess
from pathlib import Path

import msgspec
import pytest

from model_service import envfile
from model_service.benching.examples import requests_for
from model_service.benching.target import Target
from model_service.model_folder import ModelFolder
from model_service.resources import IGNORED_SETTINGS
from model_service.settings import variable

from ..openinference.echo import ALL, echo_card
from ..processes import (
    LIMIT_S,
    SERVICE,
    Server,
    default_signals,
    environment,
    run_service,
    wait_until,
)

TUNED = {"workers", "intra_op_threads", "max_batch_size", "batch_wait_ms", "threads"}


def test_a_service_that_runs_is_measured(server: Server, served_model: Path) -> None:
    url = f"http://127.0.0.1:{server.port}"
    ran = run_service(
        *("bench", "--url", url, "--seconds", "0.5", "--connections", "4", "--json"),
        SERVICE_MODEL_DIR=str(served_model),
    )
    assert ran.returncode == 0, ran.stderr
    found = msgspec.json.decode(ran.stdout)
    assert found["throughput"] > 0
    assert found["errors"] == {}
    assert found["rows_a_run"] >= 1


def test_a_model_without_examples_gets_zeros_of_every_datatype(echo_server: Server) -> None:
    card = msgspec.structs.replace(echo_card(ALL, [-1, -1]), native=False)
    target = Target.at(f"http://127.0.0.1:{echo_server.port}")
    (request,) = requests_for(target, ModelFolder(Path(), card), rows=1)
    assert request.path == "/v2/models/echo/infer"


def test_tuning_tries_settings_and_writes_the_best(served_model: Path, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("OTHER=stays\n", encoding="utf-8")
    ran = run_service(
        *("bench", "--tune", "--minutes", "0.01", "--connections", "4", "--report", str(tmp_path)),
        SERVICE_MODEL_DIR=str(served_model),
        SERVICE_ENV_FILE=str(file),
        SERVICE_WORKERS="2",
    )
    assert ran.returncode == 0, ran.stderr
    head, *rows = ran.stdout.splitlines()
    assert set(head.partition("requests/s")[0].split()) == TUNED - IGNORED_SETTINGS
    assert any(row.endswith("chosen") for row in rows)
    assert (tmp_path / "tuning.png").read_bytes().startswith(b"\x89PNG")
    assert file.read_text(encoding="utf-8").startswith("OTHER=stays\n")
    if written := envfile.read(file):  # else two workers were as good as one
        assert written.keys() == {variable(name) for name in TUNED - IGNORED_SETTINGS}
        assert "SERVICE_WORKERS is set in the environment, too" in ran.stderr
    else:
        assert "Nothing is better than the present settings" in ran.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_was_started_is_ended_with_it(
    number: signal.Signals, served_model: Path, tmp_path: Path
) -> None:
    command = [*SERVICE, "bench", "--seconds", "600"]
    environ = environment(SERVICE_MODEL_DIR=str(served_model))
    with default_signals(number):
        bench = subprocess.Popen(command, env=environ, start_new_session=True)
    with bench:
        try:
            wait_until(lambda: bool(servers_of(bench.pid)))
            (server,) = servers_of(bench.pid)
            bench.send_signal(number)
            assert bench.wait(LIMIT_S) != 0
        finally:
            bench.kill()
    assert not Path(f"/proc/{server}").exists()


def servers_of(pid: int) -> list[int]:
    """Return the process ids of the servers that a process has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    return [int(child) for child in children if b"serve" in command_of(child).split(b"\0")]


def command_of(pid: str) -> bytes:
    """Return the command line of a process."""
    return Path(f"/proc/{pid}/cmdline").read_bytes()
