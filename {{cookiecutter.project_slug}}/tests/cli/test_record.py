"""`record`: files become golden examples, with the outputs of training or those of now."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner, Result

from model_service.cli import check, record
from model_service.engine import Engine
from model_service.errors import GoldenMismatch
from model_service.model_card import CARD
from model_service.model_folder import (
    SERVED,
    ModelFolder,
    ServedArtefact,
    sha256_of,
)
from model_service.preprocessing import Preprocessor, read_instances
from model_service.settings import Settings

from ..edits import edit_card

pytestmark = pytest.mark.usefixtures("on_cpu")


@pytest.fixture
def examples(copied_model: Path) -> list[Path]:
    """Return the example files that come with the model."""
    return sorted((copied_model / "examples").iterdir())


@pytest.fixture
def rows(examples: list[Path], model: ModelFolder, engine: Engine) -> dict[str, Any]:
    """Return the outputs of the model for the examples, as training would have them."""
    preprocess = Preprocessor(model.card, Settings())
    inputs = [preprocess(one) for path in examples for one in read_instances(path.read_bytes())]
    runs = [engine.run({name: row[name][np.newaxis] for name in row}) for row in inputs]
    return {name: np.concatenate([run[name] for run in runs]) for name in runs[0]}


def run(folder: Path, *arguments: object) -> Result:
    """Run the command on files."""
    runner = CliRunner(env={"SERVICE_MODEL_DIR": str(folder)})
    return runner.invoke(record.command, [str(argument) for argument in arguments])


def checked(folder: Path, *arguments: str) -> Result:
    """Run `check`."""
    return CliRunner(env={"SERVICE_MODEL_DIR": str(folder)}).invoke(check.command, arguments)


def contents(folder: Path) -> dict[str, bytes]:
    """Return the bytes of each file of a folder."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_outputs_of_now_are_recorded_and_match(
    examples: list[Path], copied_model: Path, model: ModelFolder
) -> None:
    result = run(copied_model, *examples)
    assert result.exit_code == 0, result.output
    count = len(ModelFolder.open(copied_model).golden().instances)
    assert f"Golden examples: {count}, recorded in " in result.output
    assert "those of now" in result.output
    assert set(model.golden().outputs) <= set(ModelFolder.open(copied_model).golden().outputs)
    again = checked(copied_model)
    assert again.exit_code == 0, again.output
    assert f"Golden examples: {count} of {count} match." in again.output


def test_no_golden_examples_are_needed_before(examples: list[Path], copied_model: Path) -> None:
    (copied_model / ModelFolder.open(copied_model).card.golden.file).unlink()
    edit_card(copied_model, r"^\[golden\][^\[]*", "")
    assert run(copied_model, *examples).exit_code == 0
    assert checked(copied_model).exit_code == 0
    assert '[golden]\nfile = "golden.json"\n' in (copied_model / CARD).read_text(encoding="utf-8")


def test_a_card_that_names_no_file_names_it_from_then_on(
    examples: list[Path], copied_model: Path
) -> None:
    edit_card(copied_model, '^file = "golden.json"', 'file = ""')
    assert run(copied_model, *examples).exit_code == 0
    assert ModelFolder.open(copied_model).card.golden.file == "golden.json"
    assert "Golden examples: " in checked(copied_model).output


def test_a_model_that_no_instance_expresses_has_none(
    examples: list[Path], copied_model: Path
) -> None:
    edit_card(copied_model, "^task = ", "native = false\ntask = ")
    before = contents(copied_model)
    result = run(copied_model, *examples)
    assert result.exit_code == 1
    assert "no instance expresses" in result.output
    assert contents(copied_model) == before


def test_the_card_stays_as_people_wrote_it(examples: list[Path], copied_model: Path) -> None:
    before = (copied_model / CARD).read_bytes()
    assert run(copied_model, *examples).exit_code == 0
    assert (copied_model / CARD).read_bytes() == before


def test_recording_again_gives_the_same_bytes(examples: list[Path], copied_model: Path) -> None:
    assert run(copied_model, *examples).exit_code == 0
    first = contents(copied_model)
    assert run(copied_model, *examples).exit_code == 0
    assert contents(copied_model) == first


def test_the_outputs_of_training_are_recorded_in_the_order_of_the_files(
    examples: list[Path], rows: dict[str, Any], copied_model: Path, tmp_path: Path
) -> None:
    np.savez(tmp_path / "out.npz", **rows)
    result = run(copied_model, "--expected", tmp_path / "out.npz", *examples)
    assert result.exit_code == 0, result.output
    golden = ModelFolder.open(copied_model).golden()
    for name, array in rows.items():
        assert np.array_equal(np.array(golden.outputs[name], array.dtype), array)
    assert checked(copied_model).exit_code == 0

    assert run(copied_model, "--expected", tmp_path / "out.npz", *examples[::-1]).exit_code == 0
    refused = checked(copied_model)
    assert isinstance(refused.exception, GoldenMismatch)
    assert "Golden example 0 differs by" in str(refused.exception)


def test_outputs_that_are_not_those_of_the_files_change_nothing(
    examples: list[Path], rows: dict[str, Any], copied_model: Path, tmp_path: Path
) -> None:
    np.savez(tmp_path / "out.npz", **rows)
    before = contents(copied_model)
    for arguments in (["--expected", tmp_path / "out.npz", examples[0]], ["--expected", CARD]):
        result = run(copied_model, *arguments)
        assert result.exit_code != 0
    assert contents(copied_model) == before


@pytest.mark.parametrize("expected", [True, False])
def test_a_file_that_holds_no_instance_is_named_and_changes_nothing(
    expected: bool, examples: list[Path], rows: dict[str, Any], copied_model: Path, tmp_path: Path
) -> None:
    np.savez(tmp_path / "out.npz", **rows)
    broken = tmp_path / "broken"
    broken.write_bytes(b"\xff broken")
    before = contents(copied_model)
    options = ["--expected", tmp_path / "out.npz"] if expected else []
    result = run(copied_model, *options, *examples[:-1], broken)
    assert result.exit_code == 1
    assert f"Error: {broken}: " in result.output
    assert contents(copied_model) == before


def test_too_many_instances_are_refused(
    examples: list[Path], copied_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "MOST", 1)
    result = run(copied_model, *examples)
    assert result.exit_code == 1
    assert "brings the instances to 2" in result.output


def test_it_is_the_original_that_is_recorded(
    examples: list[Path], copied_model: Path, model: ModelFolder
) -> None:
    broken = copied_model / "broken.bin"
    broken.write_bytes(b"no model")
    card = model.card
    served = ServedArtefact(broken.name, sha256_of(broken), card.artefact.sha256, "half", 1.0)
    (copied_model / SERVED).write_bytes(msgspec.json.encode(served))
    assert run(copied_model, *examples).exit_code == 0
    (copied_model / SERVED).unlink()
    assert checked(copied_model).exit_code == 0


def test_a_model_that_fails_on_an_instance_is_told_with_its_file(
    examples: list[Path], copied_model: Path
) -> None:
    edit_card(copied_model, r"^\[preprocessing\].*$", r"\g<0>\nno_such = 1")
    before = contents(copied_model)
    result = run(copied_model, *examples)
    assert "no_such" in str(result.exception)
    assert contents(copied_model) == before


def test_without_files_it_says_that_it_needs_some(copied_model: Path) -> None:
    result = run(copied_model)
    assert result.exit_code == 2
    assert "FILES" in result.output
