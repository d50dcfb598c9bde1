"""`quantize`: a proven artefact is served from the next start on, any other never."""

import re
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from model_service import quantization
from model_service.arrays import Arrays
from model_service.cli.quantize import command
from model_service.errors import InvalidArtefact
from model_service.model_folder import (
    SERVED,
    ModelFolder,
    ServedArtefact,
    sha256_of,
)
from model_service.quantization import SCHEME
from model_service.settings import Settings
from model_service.startup import Running, start

from ..edits import edit_card, move_artefact, spoil


def quantize(folder: Path, *arguments: str) -> Result:
    """Run the command with its report beside the folder; the table is as wide as it needs."""
    environ = {"SERVICE_MODEL_DIR": str(folder), "COLUMNS": "120"}
    report = ("--report", str(folder.parent / "reports"))
    return CliRunner(env=environ).invoke(command, [*report, *arguments])


def started(folder: Path) -> Running:
    """Start the service on the folder, and end its batcher."""
    running = start(Settings(model_dir=str(folder)))
    running.batcher.close()
    return running


def demand_equal_numbers(folder: Path) -> None:
    """Let the card demand what no quantized artefact can give."""
    edit_card(folder, "^task = .*$", 'task = "raw"')
    edit_card(folder, "^golden_tolerance = .*$", "golden_tolerance = 1e-15")


@pytest.mark.usefixtures("on_cpu")
def test_the_artefact_is_proven_recorded_and_served(copied_model: Path) -> None:
    result = quantize(copied_model)
    assert result.exit_code == 0, result.output
    page = (copied_model.parent / "reports" / "quantization.md").read_text(encoding="utf-8")
    for word in ("original", "quantized", "size", "latency at batch 1 ", "agreement"):
        assert word in result.output
        assert word in page
    assert "Fit to serve." in page

    model = ModelFolder.open(copied_model)
    served = msgspec.json.decode((copied_model / SERVED).read_bytes(), type=ServedArtefact)
    assert (served.scheme, served.source_sha256) == (SCHEME, model.card.artefact.sha256)
    assert served.sha256 == sha256_of(copied_model / served.file)
    assert served.agreement >= model.card.quantization.min_agreement
    assert started(copied_model).describe()["quantization"] == SCHEME


@pytest.mark.usefixtures("on_cpu")
def test_quantizing_again_changes_nothing(copied_model: Path) -> None:
    assert quantize(copied_model).exit_code == 0
    files = {path.name for path in copied_model.iterdir()}
    assert quantize(copied_model).exit_code == 0
    assert {path.name for path in copied_model.iterdir()} == files
    assert started(copied_model).describe()["quantization"] == SCHEME


def test_whatever_a_quantizer_raises_is_one_sentence_and_leaves_nothing(
    copied_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def quantizer_that_breaks_down(original: Path, target: Path, calibration: Arrays) -> None:
        target.write_bytes(b"half a model")
        raise RuntimeError("an operator\nis unknown")

    monkeypatch.setattr(quantization, "quantize", quantizer_that_breaks_down)
    files = {path.name for path in copied_model.iterdir()}
    result = quantize(copied_model)
    assert result.exit_code == 1
    assert "cannot be quantized: an operator is unknown" in result.output
    assert {path.name for path in copied_model.iterdir()} == files


@pytest.mark.usefixtures("on_cpu")
def test_below_the_floor_the_original_stays_in_service(copied_model: Path) -> None:
    assert quantize(copied_model).exit_code == 0
    demand_equal_numbers(copied_model)
    result = quantize(copied_model)
    assert result.exit_code == 1
    assert "original stays in service" in result.output
    said = " ".join(result.output.split())
    assert re.search(r"its agreement of \d+\.\d\d% is below min_agreement, 99\.00%", said)
    page = (copied_model.parent / "reports" / "quantization.md").read_text(encoding="utf-8")
    assert "Not fit to serve, since its agreement" in page
    assert not (copied_model / SERVED).exists()
    assert started(copied_model).describe()["quantization"] == "none"


@pytest.mark.usefixtures("on_cpu")
def test_the_owner_may_force_it(copied_model: Path) -> None:
    edit_card(copied_model, "^min_speed = [^#]*", "min_speed = 1e9  ")
    refused = quantize(copied_model)
    assert refused.exit_code == 1
    assert "min_speed is 1000000000.00" in refused.output
    assert "quantize --force" in refused.output
    forced = quantize(copied_model, "--force")
    assert forced.exit_code == 0
    assert "Forced, although its speed is" in forced.output
    assert started(copied_model).describe()["quantization"] == SCHEME


@pytest.mark.usefixtures("on_cpu")
def test_what_would_not_start_cannot_be_forced(copied_model: Path) -> None:
    edit_card(copied_model, "^golden_tolerance = .*$", "golden_tolerance = 1e-15")
    result = quantize(copied_model, "--force")
    assert result.exit_code == 1
    said = " ".join(result.output.split())
    assert re.search(r"its golden examples differ by \S+, and golden_tolerance is 1e-15", said)
    assert "--force" not in said
    assert started(copied_model).describe()["quantization"] == "none"


@pytest.mark.usefixtures("on_cpu")
def test_an_artefact_of_an_older_original_is_refused(copied_model: Path) -> None:
    assert quantize(copied_model).exit_code == 0
    edit_card(copied_model, '^sha256 = "[0-9a-f]+"', f'sha256 = "{64 * "0"}"')
    with pytest.raises(InvalidArtefact, match="another original.*quantize"):
        started(copied_model)


@pytest.mark.usefixtures("on_cpu")
def test_an_artefact_that_was_changed_is_refused(copied_model: Path) -> None:
    assert quantize(copied_model).exit_code == 0
    served = msgspec.json.decode((copied_model / SERVED).read_bytes(), type=ServedArtefact)
    spoil(copied_model / served.file)
    with pytest.raises(InvalidArtefact, match=re.escape(served.file)):
        started(copied_model)


@pytest.mark.usefixtures("on_cpu")
def test_an_original_in_a_folder_of_its_own_is_quantized_there(copied_model: Path) -> None:
    move_artefact(copied_model)
    result = quantize(copied_model)
    assert result.exit_code == 0, result.output
    assert started(copied_model).describe()["quantization"] == SCHEME
