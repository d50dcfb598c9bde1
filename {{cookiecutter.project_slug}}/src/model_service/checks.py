"""What a loaded model must prove before it is served; every failure is a StartupError."""

from typing import Any

import msgspec
import numpy as np

from .arrays import Array
from .deadline import Deadline
from .engine import Engine
from .errors import GoldenMismatch, InvalidModelCard, ServiceError
from .model_card import TensorSpec
from .model_folder import GoldenExamples
from .pipeline import Pipeline
from .settings import Settings

STARTUP_DEADLINE_MS = 600_000  # a first run may compile kernels


def check_signature(
    what: str, stated: tuple[TensorSpec, ...], real: tuple[TensorSpec, ...]
) -> None:
    """Raise InvalidModelCard unless the stated inputs or outputs are those of the model."""
    by_name = {spec.name: spec for spec in real}
    for spec in stated:
        if spec.name not in by_name or not by_name[spec.name].accepts(spec):
            raise InvalidModelCard(
                f"The model card states the {what} {spec}, and the model has"
                f" {', '.join(map(str, real))}: correct the card."
            )
    if what == "input" and len(stated) < len(real):
        raise InvalidModelCard(
            f"The model needs {len(real)} inputs, the card states {len(stated)}."
        )


def fit_batch(settings: Settings, inputs: tuple[TensorSpec, ...]) -> Settings:
    """Run row by row if the model takes one row at a time."""
    sizes = {spec.shape[0] for spec in inputs}
    if sizes == {-1}:
        return settings
    if sizes == {1}:
        return msgspec.structs.replace(settings, max_batch_size=1)
    raise InvalidModelCard("The first dimension of every input is the batch: it must be -1 or 1.")


def warm_up(engine: Engine, row: dict[str, Array], max_rows: int) -> None:
    """Run the smallest and the largest batch, so that no client waits for first allocations."""
    for count in sorted({1, max_rows}):
        try:
            engine.run({name: np.stack([array] * count) for name, array in row.items()})
        except Exception as error:  # a runtime may raise anything
            raise InvalidModelCard(f"The model cannot run {count} rows: {error}.") from error


def check_golden(pipeline: Pipeline, examples: GoldenExamples, tolerance: float) -> None:
    """Raise GoldenMismatch unless every example gives its outputs within the tolerance."""
    deadline = Deadline.after_ms(STARTUP_DEADLINE_MS)
    for index, instance in enumerate(examples.instances):
        try:
            (row,) = pipeline.outputs([instance], deadline)
        except ServiceError as error:
            raise GoldenMismatch(f"Golden example {index} cannot be run: {error}") from error
        for name, expected in examples.outputs.items():
            difference = _difference(row, name, expected[index])
            if not difference <= tolerance:
                raise GoldenMismatch(
                    f"Golden example {index} differs by {difference:.3g} in output {name!r}, more"
                    f" than {tolerance:g}: the model or its preprocessing is not the right one."
                )


def _difference(row: dict[str, Array], name: str, expected: Any) -> float:
    """Return the largest difference, relative where the expected value is beyond 1."""
    try:
        wanted = np.asarray(expected, np.float64)
        return float(np.max(np.abs(row[name] - wanted) / np.maximum(1, np.abs(wanted))))
    except (KeyError, ValueError, TypeError):
        return float("inf")
