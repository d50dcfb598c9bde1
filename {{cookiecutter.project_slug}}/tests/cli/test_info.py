"""`info`: what is served, where, and with which settings, for people and for scripts."""

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from model_service.cli.info import command
from model_service.model_folder import ModelFolder, size_of
from model_service.preprocessing import KIND
from model_service.resources import IGNORED_SETTINGS
from model_service.sample_requests import Sampler
from model_service.settings import Settings, variable

from ..edits import move_artefact

pytestmark = pytest.mark.usefixtures("on_cpu")


@pytest.fixture
def runner(copied_model: Path) -> CliRunner:
    """Return a runner with two settings of its own."""
    return CliRunner(env={"SERVICE_MODEL_DIR": str(copied_model), "SERVICE_QUEUE_ROWS": "7"})


def test_scripts_get_json(runner: CliRunner, model: ModelFolder) -> None:
    told = msgspec.json.decode(runner.invoke(command, ["--json"]).stdout)
    assert (told["model"], told["version"]) == (model.card.name, model.card.version)
    assert (told["input_kind"], told["device"], told["quantization"]) == (KIND, "cpu", "none")
    assert told["inputs"] == [str(spec) for spec in model.card.inputs]
    assert told["outputs"] == [str(spec) for spec in model.card.outputs]
    assert told["labels"] == list(model.labels())
    assert told["original"] == told["served"] == model.card.artefact.file
    assert told["original_bytes"] == told["served_bytes"] == size_of(model.original())
    assert told["preprocessing"] == model.card.preprocessing
    assert told["requests"].keys() == {"predict", "v2"}
    read = set(Settings.__struct_fields__) - IGNORED_SETTINGS
    assert told["settings"].keys() == {variable(field) for field in read}
    assert told["settings"]["SERVICE_QUEUE_ROWS"] == 7


def test_people_get_the_same_a_line_each(runner: CliRunner, model: ModelFolder) -> None:
    told = msgspec.json.decode(runner.invoke(command, ["--json"]).stdout)
    lines = runner.invoke(command).stdout.splitlines()
    assert f"model: {model.card.name}" in lines
    assert "device: cpu" in lines
    assert "SERVICE_QUEUE_ROWS: 7" in lines
    settings, requests = told.pop("settings"), told.pop("requests")
    facts = lines[: lines.index("")]
    assert [line.partition(":")[0] for line in facts] == [*told, *settings]
    for request in requests.values():
        for text in request.values():
            assert f"\n{text}\n" in runner.invoke(command).stdout


def test_an_artefact_in_a_folder_of_its_own_is_found(copied_model: Path, runner: CliRunner) -> None:
    file = move_artefact(copied_model)
    result = runner.invoke(command, ["--json"])
    assert result.exit_code == 0, result.exception
    assert msgspec.json.decode(result.stdout)["original"] == file


def test_keys_are_never_shown(copied_model: Path) -> None:
    key = "a-key-that-nobody-shall-see"
    environ = {"SERVICE_MODEL_DIR": str(copied_model), "SERVICE_API_KEYS": key}
    shown = CliRunner(env=environ).invoke(command).stdout
    assert key not in shown
    assert "SERVICE_API_KEYS: (set)" in shown


def test_a_model_that_runs_no_example_has_no_request_and_that_is_said(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Sampler, "v2", lambda _: None)
    assert msgspec.json.decode(runner.invoke(command, ["--json"]).stdout)["requests"]["v2"] is None
    assert "no request can be shown" in runner.invoke(command).stdout
