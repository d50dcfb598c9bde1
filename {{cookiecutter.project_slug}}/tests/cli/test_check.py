"""`check`: every step is told, and what would stop the service stops the check."""

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from model_service.cli.check import command
from model_service.errors import GoldenMismatch, InvalidSettings
from model_service.model_folder import GoldenExamples, ModelFolder

from ..edits import edit_card

pytestmark = pytest.mark.usefixtures("on_cpu")


@pytest.mark.usefixtures("golden")
def test_a_sound_model_passes(copied_model: Path, model: ModelFolder) -> None:
    result = CliRunner(env={"SERVICE_MODEL_DIR": str(copied_model)}).invoke(command)
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert model.card.name in lines[0]
    assert lines[-1] == "All checks passed."
    prediction = msgspec.json.decode(lines[-2].partition(": ")[2])
    if model.labels():
        assert prediction["label"] in model.labels()


def test_a_model_that_is_not_the_right_one_fails(
    copied_model: Path, golden: GoldenExamples, model: ModelFolder
) -> None:
    wrong = {name: [[1e6 for _ in row] for row in rows] for name, rows in golden.outputs.items()}
    examples = GoldenExamples(golden.instances, wrong)
    (copied_model / model.card.golden.file).write_bytes(msgspec.json.encode(examples))
    result = CliRunner(env={"SERVICE_MODEL_DIR": str(copied_model)}).invoke(command)
    assert isinstance(result.exception, GoldenMismatch)
    assert "passed" not in result.output


def test_a_model_that_does_not_match_is_diagnosed_and_still_fails(
    copied_model: Path, golden: GoldenExamples, model: ModelFolder
) -> None:
    wrong = {name: [[1e6 for _ in row] for row in rows] for name, rows in golden.outputs.items()}
    examples = GoldenExamples(golden.instances, wrong)
    (copied_model / model.card.golden.file).write_bytes(msgspec.json.encode(examples))
    runner = CliRunner(env={"SERVICE_MODEL_DIR": str(copied_model)})
    result = runner.invoke(command, ["--diagnose"])
    assert isinstance(result.exception, GoldenMismatch)
    assert "usual mistakes explains the golden examples." in result.output
    assert "passed" not in result.output


def test_of_a_sound_model_there_is_nothing_to_diagnose(copied_model: Path) -> None:
    runner = CliRunner(env={"SERVICE_MODEL_DIR": str(copied_model)})
    result = runner.invoke(command, ["--diagnose"])
    assert result.exit_code == 0, result.output
    assert "Trying" not in result.output


def test_a_setting_that_cannot_be_used_fails(copied_model: Path) -> None:
    settings = {"SERVICE_MODEL_DIR": str(copied_model), "SERVICE_DEADLINE_MS": "soon"}
    result = CliRunner(env=settings).invoke(command)
    assert isinstance(result.exception, InvalidSettings)


@pytest.mark.usefixtures("golden")
def test_a_model_without_golden_examples_passes_and_says_so(
    copied_model: Path, model: ModelFolder
) -> None:
    (copied_model / model.card.golden.file).unlink()
    edit_card(copied_model, "^file = .*json.*$", 'file = ""')
    result = CliRunner(env={"SERVICE_MODEL_DIR": str(copied_model)}).invoke(command)
    assert result.exit_code == 0, result.output
    assert "No golden examples" in result.output
    assert result.output.splitlines()[-1] == "All checks passed."
