"""The model card of a starter: a TOML file whose comments guide its next editor."""

import hashlib
import json
from pathlib import Path
from string import Template

from .samples import CALIBRATION, EVALUATION, GOLDEN
from .starter import OUTPUT, Starter

FILE = "model.toml"

CARD = Template("""\
# The model card: all that the service must know about its model. Edit it when you put in your own
# model, then run `make check`. Unknown keys are refused, so a misspelt one cannot be overlooked.

name = $name           # in URLs and logs: letters, digits, - _ . (at most 64)
version = "1"                 # count it up when the artefact changes
description = $description
license = $license
source = $source
task = "classification"       # classification (label and scores) | raw (the output rows)

[artefact]
file = $file
sha256 = $sha256  # of the file: what `sha256sum` prints

[[inputs]]                    # one such table for each input of the model
name = $input
dtype = "float32"             # NumPy's name
shape = $input_shape       # -1: any size; the first dimension is the batch

[[outputs]]                   # one such table for each output that is used
name = $output
dtype = "float32"
shape = $output_shape

[preprocessing]               # from what a client sends to one row of the input
$preprocessing

[postprocessing]              # from one row of the output to a prediction
output = $output      # which output is scored
activation = "none"           # none | softmax | sigmoid: what turns the output into scores
labels = "labels.txt"         # a label a line, in the order of the output's columns

[golden]                      # at start, these instances must give these outputs
file = $golden
tolerance = 1e-4              # largest difference; relative for values beyond 1

[quantization]                # read by `quantize` only
calibration = $calibration # training samples: the input arrays by name
evaluation = $evaluation   # held-out samples: the same, and `label`
min_agreement = 0.99          # floor for the share of equal answers, original against quantized
golden_tolerance = 0.1        # as golden.tolerance, for a quantized artefact

[evaluation]                  # what the training measured; for people, the service ignores it
held_out_accuracy = $accuracy
held_out_samples = $held_out
""")


def write(starter: Starter, artefact: Path, accuracy: float) -> None:
    """Write the card and the labels beside the artefact."""
    folder = artefact.parent
    inputs = [-1, *starter.train.inputs.shape[1:]]
    values = {
        "name": starter.name,
        "description": starter.description,
        "license": starter.license,
        "source": starter.source,
        "file": artefact.name,
        "sha256": hashlib.sha256(artefact.read_bytes()).hexdigest(),
        "input": starter.input_name,
        "input_shape": inputs,
        "output": OUTPUT,
        "output_shape": [-1, len(starter.labels)],
        "golden": GOLDEN,
        "calibration": CALIBRATION,
        "evaluation": EVALUATION,
        "accuracy": round(accuracy, 4),
        "held_out": len(starter.held_out),
    }
    toml = {key: json.dumps(value) for key, value in values.items()}  # such JSON is TOML too
    card = CARD.substitute(toml, preprocessing=starter.preprocessing)
    (folder / FILE).write_text(card, encoding="utf-8")
    (folder / "labels.txt").write_text("\n".join(starter.labels) + "\n", encoding="utf-8")
