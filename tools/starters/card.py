"""The model card of a starter: a TOML file whose comments guide its next editor."""

import json
from pathlib import Path
from string import Template

from model_service.model_folder import sha256_of

from .samples import CALIBRATION, EVALUATION, GOLDEN
from .starter import OUTPUT, Starter

FILE = "model.toml"

CARD = Template("""\
# The model card: all that the service must know about its model. Edit it when you put in your own
# model, then run `make check`. Unknown keys are refused, so a misspelt one cannot be overlooked.

# Used in URLs and logs: at most 64 letters, digits, - _ .
name = $name
version = "1"                 # count it up when the artefact changes
description = $description
license = $license
source = $source
task = "classification"       # classification (label and scores) | raw (the output rows)

# $artefact
[artefact]
file = $file
sha256 = $sha256

# One such table for each input of the model; of an output, for each that is used. In a shape, -1 is
# any size, and the first dimension is the batch.
$inputs
[[outputs]]
name = $output
dtype = "float32"
shape = $output_shape

# From what a client sends to one row of the input.
[preprocessing]
$preprocessing

# From one row of the output to a prediction. `output` is the one that is scored.
[postprocessing]
output = $output
activation = "none"           # none | softmax | sigmoid: what turns the output into scores
labels = "labels.txt"         # a label a line, in the order of the output's columns

# At start, the instances in the file must give the outputs in the file.
[golden]
file = $golden
tolerance = 1e-4              # largest difference; relative for values beyond 1

# Read by `quantize`: training samples to calibrate with, held-out ones to judge with. Each file
# holds an array for each input of the model, by name, and `label`, the index of the right label.
[quantization]
calibration = $calibration
evaluation = $evaluation
min_agreement = 0.99          # floor for the share of equal answers, original against quantized
max_accuracy_loss = 0.01      # how much smaller the share of right answers may be
min_speed = 0.5               # 1 is the original's; a model as small as the starter gains little
golden_tolerance = 0.1        # as golden.tolerance, for a quantized artefact

# What tools/train_starters.py of cookiecutter-flask-inference, which made this model, measured. It
# is for people: the service does not read it.
[evaluation]
held_out_accuracy = $accuracy
held_out_samples = $held_out
""")

INPUT = """\
[[inputs]]
name = {name}
dtype = {dtype}{comment}
shape = {shape}
"""
ARTEFACT = "The model file, and its hash as `sha256sum` prints it; another file is refused."
ARTEFACT_FOLDER = "The model folder, and its hash, which `make check` tells; another is refused."


def write(starter: Starter, artefact: Path, accuracy: float) -> None:
    """Write the card beside the artefact."""
    values = {
        "name": starter.name,
        "description": starter.description,
        "license": starter.license,
        "source": starter.source,
        "file": artefact.name,
        "sha256": sha256_of(artefact),
        "output": OUTPUT,
        "output_shape": [-1, len(starter.labels)],
        "golden": GOLDEN,
        "calibration": CALIBRATION,
        "evaluation": EVALUATION,
        "accuracy": round(accuracy, 4),
        "held_out": len(starter.held_out),
    }
    toml = {key: json.dumps(value) for key, value in values.items()}  # such JSON is TOML too
    comment = ARTEFACT_FOLDER if artefact.is_dir() else ARTEFACT
    card = CARD.substitute(
        toml, artefact=comment, inputs=_inputs(starter), preprocessing=starter.preprocessing
    )
    artefact.with_name(FILE).write_text(card, encoding="utf-8")


def _inputs(starter: Starter) -> str:
    """Return the table of each input; the first says what a dtype is."""
    tables: list[str] = []
    for name, shape in starter.input_shapes.items():
        dtype = json.dumps(str(starter.train.inputs[name].dtype))
        comment = "" if tables else f"{'':{22 - len(dtype)}}# NumPy's name"
        tables.append(
            INPUT.format(name=json.dumps(name), dtype=dtype, comment=comment, shape=[*shape])
        )
    return "\n".join(tables)
