"""The files of a model folder that hold samples: to show, to check, to calibrate, to judge."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from .starter import OUTPUT, Array, Samples, Starter, rows_of

CALIBRATION, EVALUATION, GOLDEN = "calibration.npz", "evaluation.npz", "golden.json"
LABELS = "labels.txt"
CALIBRATION_SAMPLES, EVALUATION_SAMPLES, GOLDEN_SAMPLES = 200, 500, 5
SURE = 0.99


def write(starter: Starter, probabilities: Array, folder: Path) -> None:
    """Write all of them; `probabilities` are the outputs of the model for `starter.held_out`."""
    _write_npz(starter.train.head(CALIBRATION_SAMPLES), folder / CALIBRATION)
    _write_npz(starter.held_out.head(EVALUATION_SAMPLES), folder / EVALUATION)
    _write_golden(starter, probabilities[:GOLDEN_SAMPLES], folder / GOLDEN)
    _write_examples(starter, probabilities, folder / "examples")
    (folder / LABELS).write_text("\n".join(starter.labels) + "\n", encoding="utf-8")
    for name, content in starter.files.items():
        (folder / name).write_bytes(content)


def _write_npz(samples: Samples, path: Path) -> None:
    arrays: dict[str, Any] = {**samples.inputs, "label": samples.labels}
    np.savez_compressed(path, **arrays)


def _write_golden(starter: Starter, probabilities: Array, path: Path) -> None:
    instances = starter.to_instances(starter.held_out.head(len(probabilities)).inputs)
    outputs = [[float(f"{value:.7g}") for value in row] for row in probabilities]
    path.write_text(
        f'{{"instances": {_lines(instances)},\n "outputs": {{"{OUTPUT}": {_lines(outputs)}}}}}\n',
        encoding="utf-8",
    )


def _lines(items: Iterable[object]) -> str:
    """Return a JSON list, an item a line."""
    return "[\n  " + ",\n  ".join(map(json.dumps, items)) + "]"


def _write_examples(starter: Starter, probabilities: Array, folder: Path) -> None:
    """Write, of each label to show, the first held-out sample that the model is sure of."""
    folder.mkdir(exist_ok=True)
    for name in starter.example_labels:
        label = starter.labels.index(name)
        sure = (starter.held_out.labels == label) & (probabilities[:, label] > SURE)
        sure[:GOLDEN_SAMPLES] = False  # show others than the service is checked with
        row = rows_of(starter.held_out.inputs, int(np.flatnonzero(sure)[0]))
        (folder / f"{name}{starter.file_suffix}").write_bytes(starter.to_file(row))
