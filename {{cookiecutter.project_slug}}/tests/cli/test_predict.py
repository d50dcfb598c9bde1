"""`predict`: a line for each instance, and a file at fault does not stop the others."""

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from model_service.cli.predict import command
from model_service.deadline import Deadline
from model_service.engine import Engine
from model_service.model_folder import ModelFolder
from model_service.preprocessing import read_instances
from model_service.settings import Settings
from model_service.startup import start

from ..predictions import assert_alike

pytestmark = pytest.mark.usefixtures("on_cpu")


@pytest.fixture
def examples(copied_model: Path) -> list[Path]:
    """Return the example files that come with the model."""
    return sorted((copied_model / "examples").iterdir())


def predict(folder: Path, files: list[Path]) -> Result:
    """Run the command on files."""
    runner = CliRunner(env={"SERVICE_MODEL_DIR": str(folder)})
    return runner.invoke(command, [str(path) for path in files])


def test_each_instance_gets_a_line_with_its_prediction(
    examples: list[Path], copied_model: Path, model: ModelFolder, engine: Engine
) -> None:
    result = predict(copied_model, examples)
    assert result.exit_code == 0, result.output
    lines = [msgspec.json.decode(line) for line in result.stdout.splitlines()]
    running = start(Settings(model_dir=str(copied_model)), engine)
    for path in examples:
        for index, instance in enumerate(read_instances(path.read_bytes())):
            line = lines.pop(0)
            assert (line["file"], line["instance"]) == (str(path), index)
            (expected,) = running.pipeline.predict([instance], Deadline.after_ms(60_000))
            assert_alike(line["prediction"], expected, model.card.golden.tolerance)
    assert lines == []
    running.batcher.close()


def test_a_file_at_fault_is_named_and_the_others_are_predicted(
    examples: list[Path], copied_model: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x00 broken")
    result = predict(copied_model, [broken, examples[0]])
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{broken}: ")
    assert len(result.stderr.splitlines()) == 1
    assert {msgspec.json.decode(line)["file"] for line in result.stdout.splitlines()} == {
        str(examples[0])
    }


@pytest.mark.parametrize("name", ["absent", "examples"])
def test_what_is_no_file_is_a_wrong_use(name: str, copied_model: Path) -> None:
    result = predict(copied_model, [copied_model / name])
    assert result.exit_code == 2
    assert name in result.output


def test_without_files_it_says_that_it_needs_some(copied_model: Path) -> None:
    result = predict(copied_model, [])
    assert result.exit_code == 2
    assert "FILES" in result.output
