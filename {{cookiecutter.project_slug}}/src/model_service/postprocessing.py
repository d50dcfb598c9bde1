"""Rows of the model's outputs -> what the client gets for each.

Edit this file if your model's outputs mean something that the card cannot express.
"""

from collections.abc import Mapping
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from .arrays import Array, Arrays
from .errors import InvalidModelCard, ModelFault
from .json_schema import Schema, object_of, schema_of
from .model_folder import ModelFolder


class Classification(TypedDict):
    """The best label, its score, and the score of every label."""

    label: str
    score: float
    scores: dict[str, float]


Prediction = Classification | Mapping[str, Any] | list[Any] | float


class Postprocessor:
    """Reads the output row as the card says; raises InvalidModelCard if it cannot."""

    def __init__(self, model: ModelFolder) -> None:
        card = model.card
        self._task = card.task
        self._activation = card.postprocessing.activation
        self._output = card.postprocessing.output or card.outputs[0].name
        self._labels = model.labels()
        specs = {spec.name: spec for spec in card.outputs}
        if self._output not in specs:
            raise InvalidModelCard(f"[postprocessing] output {self._output!r} is no output.")
        if len(set(self._labels)) < len(self._labels):
            raise InvalidModelCard(f"{card.postprocessing.labels} names a label twice.")
        columns = specs[self._output].shape[-1]
        if self._task == "classification" and columns not in (-1, len(self._labels)):
            raise InvalidModelCard(
                f"There are {len(self._labels)} labels for {columns} scores: each needs one."
            )

    def __call__(self, rows: Arrays) -> list[Prediction]:
        """Return the prediction of each output row; raises ModelFault if one is not finite."""
        for name, values in rows.items():
            if values.dtype.kind == "f" and not np.isfinite(values).all():
                raise ModelFault(f"The model's output {name!r} is not finite for this input.")
        if self._task == "classification":
            return self._classify(rows[self._output])
        columns: list[list[Prediction]] = [values.tolist() for values in rows.values()]
        if len(columns) == 1:
            return columns[0]
        return [dict(zip(rows, values, strict=True)) for values in zip(*columns, strict=True)]

    def _classify(self, values: Array) -> list[Prediction]:
        scores = _activate(values.astype(np.float64).reshape(len(values), -1), self._activation)
        labels, count = self._labels, scores.shape[1]
        if count != len(labels):
            raise ModelFault(f"The model gave {count} scores for {len(labels)} labels.")
        return [
            {
                "label": labels[best],
                "score": row[best],
                "scores": dict(zip(labels, row, strict=True)),
            }
            for best, row in zip(scores.argmax(axis=1).tolist(), scores.tolist(), strict=True)
        ]


def prediction_schema(model: ModelFolder) -> Schema:
    """Return the JSON Schema of a prediction."""
    card = model.card
    if card.task == "classification":
        label: Schema = {"type": "string", "enum": list(model.labels())}
        score: Schema = {"type": "number"}
        scores = object_of(dict.fromkeys(model.labels(), score))
        return object_of({"label": label, "score": score, "scores": scores})
    if len(card.outputs) == 1:
        return schema_of(card.outputs[0])
    return object_of({spec.name: schema_of(spec) for spec in card.outputs})


def _activate(values: NDArray[np.float64], activation: str) -> NDArray[np.float64]:
    if activation == "softmax":
        values = np.exp(values - values.max(axis=1, keepdims=True))
        values /= values.sum(axis=1, keepdims=True)
    elif activation == "sigmoid":
        values = (1 + np.tanh(values / 2)) / 2  # as 1 / (1 + exp(-values)), without overflow
    return values
