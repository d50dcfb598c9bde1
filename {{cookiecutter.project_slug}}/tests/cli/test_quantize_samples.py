"""`quantize` takes the owner's samples as files, and says what cannot be judged without labels."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model_service.errors import InvalidModelCard
from model_service.model_folder import SERVED, ModelFolder
from model_service.quantization import CALIBRATED, SCHEME

from ..edits import edit_card
from .test_quantize import quantize, started

pytestmark = pytest.mark.usefixtures("on_cpu")
calibrated = pytest.mark.skipif(SCHEME not in CALIBRATED, reason=f"{SCHEME} needs no calibration")


@pytest.fixture
def sorted_files(copied_model: Path, tmp_path: Path) -> Path:
    """Return the examples of the starter in one folder for each label; its own samples are gone."""
    folder = tmp_path / "sorted"
    for file in (copied_model / "examples").iterdir():
        (folder / file.stem).mkdir(parents=True)
        shutil.copy(file, folder / file.stem)
    for name in ("calibration.npz", "evaluation.npz"):
        (copied_model / name).unlink()
    return folder


def test_files_in_folders_of_labels_are_judged_by_them(
    copied_model: Path, sorted_files: Path
) -> None:
    given = ("--calibration", str(sorted_files), "--evaluation", str(sorted_files))
    result = quantize(copied_model, *given)
    assert result.exit_code == 0, result.output
    assert "accuracy" in result.output
    assert f"Judged by the 2 samples of {sorted_files} and their labels." in result.output
    assert started(copied_model).describe()["quantization"] == SCHEME


def test_without_labels_agreement_alone_is_judged_and_that_is_said(
    copied_model: Path, sorted_files: Path, tmp_path: Path
) -> None:
    flat = tmp_path / "flat"
    flat.mkdir()
    for file in sorted_files.glob("*/*"):
        shutil.copy(file, flat)
    result = quantize(copied_model, "--calibration", str(flat), "--evaluation", str(flat))
    assert result.exit_code == 0, result.output
    assert "accuracy" not in result.output
    assert "agreement with the original alone" in result.output


def test_a_model_without_classes_is_judged_by_its_numbers(copied_model: Path) -> None:
    edit_card(copied_model, "^task = .*$", 'task = "raw"')
    result = quantize(copied_model)
    assert result.exit_code == 0, result.output
    assert "accuracy" not in result.output
    assert "no number of an answer may differ by more than golden_tolerance, 0.1" in result.output


def test_the_card_may_name_a_folder(copied_model: Path, sorted_files: Path) -> None:
    shutil.move(sorted_files, copied_model / "photos")
    edit_card(copied_model, '^(calibration|evaluation) = "[^"]*"', r'\1 = "photos"')
    result = quantize(copied_model)
    assert result.exit_code == 0, result.output
    assert f"samples of {copied_model / 'photos'} and their labels" in result.output


@calibrated
def test_of_many_samples_some_calibrate(copied_model: Path, tmp_path: Path) -> None:
    model = ModelFolder.open(copied_model)
    many = tmp_path / "many.npz"
    with np.load(copied_model / model.card.quantization.calibration) as rows:
        repeated: Any = {name: np.concatenate([array] * 3) for name, array in rows.items()}
    np.savez(many, **repeated)
    result = quantize(copied_model, "--calibration", str(many))
    assert result.exit_code == 0, result.output
    assert "Calibrating with 256 of the " in result.output


@calibrated
def test_without_calibration_a_scheme_that_needs_it_is_refused(copied_model: Path) -> None:
    refuse_without(copied_model, "calibration")


def test_without_evaluation_nothing_is_served(copied_model: Path) -> None:
    refuse_without(copied_model, "evaluation")


def refuse_without(folder: Path, purpose: str) -> None:
    """Check that without these samples nothing is served, and how to give some is said."""
    (folder / SERVED).write_text("stale")
    name = getattr(ModelFolder.open(folder).card.quantization, purpose)
    (folder / name).unlink()
    files = {path.name for path in folder.iterdir()} - {SERVED}
    result = quantize(folder)
    assert isinstance(result.exception, InvalidModelCard)
    said = str(result.exception)
    assert f"{SCHEME} needs samples for {purpose}" in said
    assert f"--{purpose}" in said
    assert "`serve` serves the original" in said
    assert {path.name for path in folder.iterdir()} == files


@pytest.mark.skipif(SCHEME in CALIBRATED, reason=f"{SCHEME} is calibrated")
def test_calibration_is_not_read_where_it_is_not_needed(copied_model: Path) -> None:
    (copied_model / "calibration.npz").unlink()
    result = quantize(copied_model, "--calibration", str(copied_model / "labels.txt"))
    assert result.exit_code == 0, result.output
    assert f"{SCHEME} needs no calibration" in result.output
