"""What the outputs of a model mean, as far as its file and a trial run tell."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..arrays import Arrays
from ..engine import Engine
from ..errors import ImportRefused
from ..formats import Signature
from ..labels import read_labels
from ..warming import blank_rows

ROUNDING = 0.02  # of scores that sum to 1, in a model of integers


@dataclass(frozen=True)
class Meaning:
    """The task, the labels in the order of the columns, which output they name, and its scores.

    `unknown` has a sentence for each option that would tell what no file does.
    """

    task: str
    output: str
    labels: tuple[str, ...]
    activation: str
    said: tuple[str, ...]
    unknown: Mapping[str, str]


def meaning(
    signature: Signature, labels_file: str | None, task: str | None, activation: str | None
) -> Meaning:
    """Return what the outputs mean, from the model file and from what the owner gave.

    An activation that nobody gave is empty. Raises ImportRefused if what was given does not fit.
    """
    labels = labels_of(Path(labels_file)) if labels_file else signature.labels
    fitting = [spec.name for spec in signature.outputs if spec.shape[-1] in (-1, len(labels))]
    if labels_file and not fitting:
        raise ImportRefused(
            f"{labels_file} has {len(labels)} labels, and no output has as many columns:"
            f" {', '.join(map(str, signature.outputs))}."
        )
    if task == "classification" and not labels:
        raise ImportRefused("A classification needs names for its classes: give --labels FILE.")
    if task == "raw" or not labels or not fitting:
        first = signature.outputs[0].name
        unknown = {} if task else {"labels": "Names of classes: the output rows are the answers."}
        return Meaning("raw", first, (), activation or "none", (), unknown)
    said = f"A classification of {len(labels)} labels by the output {fitting[0]!r}."
    return Meaning("classification", fitting[0], labels, activation or "", (said,), {})


def labels_of(file: Path) -> tuple[str, ...]:
    """Return the labels of a file; raises ImportRefused."""
    try:
        labels = read_labels(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ImportRefused(f"There is no file of labels {file}.") from None
    except (OSError, ValueError) as error:
        raise ImportRefused(f"{file} holds no labels, a line each: {error}.") from None
    if not labels or not all(labels) or len({*labels}) < len(labels):
        raise ImportRefused(f"{file} must name each class once, a line each, and none is empty.")
    return labels


def scored(outputs: Meaning, engine: Engine) -> Meaning:
    """Return the meaning with an activation, told by a run of the model if it is not given."""
    if outputs.activation:
        return outputs
    said, activation = "Its scores sum to 1, so they are probabilities already.", "none"
    values = _of_zeros(engine).get(outputs.output, np.zeros(1))
    sums = np.sum(values, axis=-1, dtype=np.float64)
    if np.any(values < -ROUNDING) or not np.all(np.abs(sums - 1) <= ROUNDING):
        said, activation = "Its scores do not sum to 1: softmax makes probabilities.", "softmax"
    return replace(outputs, activation=activation, said=(*outputs.said, said))


def _of_zeros(engine: Engine) -> Arrays:
    """Return the outputs of one row of zeros; none if the model cannot run them."""
    for row in blank_rows(engine.inputs):
        try:
            return engine.run({name: array[np.newaxis] for name, array in row.items()})
        except Exception:  # a runtime may raise anything
            continue
    return {}
