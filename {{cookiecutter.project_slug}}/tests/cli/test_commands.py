"""The console script: its commands are its files, and a failure is one sentence."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from model_service import cli
from model_service.cli import commands
from model_service.errors import ImportRefused

from ..processes import run_python, run_service

COMMANDS = sorted(
    path.stem.replace("_", "-")
    for path in Path(cli.__path__[0]).glob("*.py")
    if path.stem[0] != "_"
)
FRAMEWORKS = ["onnxruntime", "torch", "tensorflow", "ai_edge_litert"]


def test_the_help_lists_every_command_with_what_it_does() -> None:
    shown = CliRunner().invoke(commands, ["--help"])
    assert shown.exit_code == 0
    listed = shown.output.partition("Commands:")[2].splitlines()
    lines = {line.split()[0]: line.split()[1:] for line in listed if line.strip()}
    assert sorted(lines) == COMMANDS
    assert all(lines.values())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_help_of_its_own(command: str) -> None:
    shown = CliRunner().invoke(commands, [command, "--help"])
    assert shown.exit_code == 0
    assert f" {command} " in shown.output


def test_the_commands_of_a_service_are_there() -> None:
    assert {"serve", "check", "predict", "info"} <= set(COMMANDS)


@pytest.mark.parametrize("command", ["no-such", "__init__", "os", "", ".serve", "serve.py"])
def test_an_unknown_command_is_named(command: str) -> None:
    refused = CliRunner().invoke(commands, [command])
    assert refused.exit_code == 2
    assert "No such command" in refused.output


def test_importing_the_commands_imports_no_model_framework() -> None:
    listed = run_python(
        "-c",
        "import sys\n"
        "from model_service.cli import commands\n"
        "commands(['--help'], standalone_mode=False)\n"
        f"print('imported:', [name for name in {FRAMEWORKS} if name in sys.modules])",
    )
    assert listed.returncode == 0, listed.stderr
    assert listed.stdout.splitlines()[-1] == "imported: []"


@pytest.mark.parametrize(
    ("arguments", "settings", "word"),
    [
        (["check"], {"SERVICE_MODEL_DIR": "/no/such/folder"}, "/no/such/folder"),
        (["info"], {"SERVICE_MODEL_DIR": "/no/such/folder"}, "SERVICE_MODEL_DIR"),
        (["check"], {"SERVICE_QUEUE_ROWS": "many"}, "SERVICE_QUEUE_ROWS='many'"),
        (["serve", "--threads", "-1"], {}, "SERVICE_THREADS='-1'"),
        (["serve", "--host", "192.0.2.1"], {}, "192.0.2.1"),
    ],
)
def test_a_failure_is_one_sentence_and_exit_code_1(
    arguments: list[str], settings: dict[str, str], word: str
) -> None:
    ended = run_service(*arguments, **settings)
    assert ended.returncode == 1
    (sentence,) = ended.stderr.splitlines()
    assert sentence.startswith("Error: ")
    assert word in sentence


def test_the_notes_of_an_error_are_printed_before_its_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @click.command()
    def refuse() -> None:
        error = ImportRefused("It does not fit.")
        error.add_note("tensor  shape\nweight  [3]")
        raise error

    monkeypatch.setattr(cli, "commands", lambda: refuse(standalone_mode=False, args=[]))
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert capsys.readouterr().err == "tensor  shape\nweight  [3]\nError: It does not fit.\n"


def test_a_wrong_use_is_exit_code_2() -> None:
    ended = run_service("serve", "--port", "web")
    assert ended.returncode == 2
    assert "--port" in ended.stderr
    assert "Traceback" not in ended.stderr
