"""`bench`: wrong uses are refused before anything is started; `e2e/test_bench.py` measures."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from model_service.cli.bench import command
from model_service.errors import StartupError

from ..processes import free_port


@pytest.fixture
def runner(model_dir: Path) -> CliRunner:
    """Return a runner with the model of this service."""
    return CliRunner(env={"SERVICE_MODEL_DIR": str(model_dir), "SERVICE_ENV_FILE": ""})


def refused(runner: CliRunner, *arguments: str) -> Result:
    """Run the command, which must say that it was used in a wrong way."""
    result = runner.invoke(command, arguments)
    assert result.exit_code == 2, result.output
    return result


@pytest.mark.parametrize(
    "option", [["--minutes", "1"], ["--p99-ms", "5"], ["--report", "here"], ["--dry-run"]]
)
def test_what_is_of_a_tuning_needs_one(runner: CliRunner, option: list[str]) -> None:
    assert f"{option[0]} needs --tune" in refused(runner, *option).output


def test_a_service_that_runs_is_not_tuned(runner: CliRunner) -> None:
    assert "leave --url away" in refused(runner, "--tune", "--url", "http://127.0.0.1:1").output


def test_a_tuning_needs_a_file_to_write_to(runner: CliRunner) -> None:
    assert "SERVICE_ENV_FILE names no file" in refused(runner, "--tune").output


@pytest.mark.parametrize(
    "option",
    [
        *[["--connections", "0"], ["--rows", "0"], ["--seconds", "0"], ["--seconds", "soon"]],
        *[["--tune", "--minutes", "0"], ["--tune", "--p99-ms", "0"]],
    ],
)
def test_what_is_no_use_is_refused(runner: CliRunner, option: list[str]) -> None:
    assert option[-2] in refused(runner, *option).output


def test_a_service_that_does_not_answer_is_told(runner: CliRunner) -> None:
    result = runner.invoke(command, ["--url", f"http://127.0.0.1:{free_port()}"])
    assert isinstance(result.exception, StartupError)
