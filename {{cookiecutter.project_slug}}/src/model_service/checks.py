"""What a loaded model must prove before it is served; every failure is a StartupError."""

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec
import numpy as np

from .arrays import Array, Arrays
from .deadline import Deadline
from .errors import GoldenMismatch, InvalidInstance, InvalidModelCard, ServiceError
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
    """Run row by row if the model takes one row at a time, or one of its inputs does."""
    sizes = {spec.shape[0] for spec in inputs}
    if sizes == {-1}:
        return settings
    if sizes <= {-1, 1}:
        return msgspec.structs.replace(settings, max_batch_size=1)
    raise InvalidModelCard("The first dimension of every input is the batch: it must be -1 or 1.")


class Difference(NamedTuple):
    """How far one output of a golden example is from the expected one, and where.

    `size` is the largest difference, relative where the expected value is beyond 1; infinite if
    the two cannot be compared.
    """

    example: int
    size: float
    words: str


def first_row(
    preprocess: Callable[[object], dict[str, Array]], examples: GoldenExamples
) -> dict[str, Array]:
    """Return the input row of the first golden example; raises GoldenMismatch if it has none."""
    try:
        return preprocess(examples.instances[0])
    except InvalidInstance as error:
        raise GoldenMismatch(f"Golden example 0 cannot be run: {error}") from None


def check_golden(pipeline: Pipeline, examples: GoldenExamples, tolerance: float) -> None:
    """Raise GoldenMismatch unless every example gives its outputs within the tolerance."""
    for difference in differences(pipeline, examples):
        if not difference.size <= tolerance:
            raise GoldenMismatch(
                f"Golden example {difference.example} {difference.words}, and the tolerance is"
                f" {tolerance:g}: the model or its preprocessing is not the right one;"
                " `check --diagnose` tries the usual mistakes in [preprocessing]."
            )


def differences(pipeline: Pipeline, examples: GoldenExamples) -> Iterator[Difference]:
    """Yield the difference of each output of each example, in their order.

    Raises GoldenMismatch if an example cannot be run.
    """
    deadline = Deadline.after_ms(STARTUP_DEADLINE_MS)
    for index, instance in enumerate(examples.instances):
        try:
            (row,) = pipeline.outputs([instance], deadline)
        except ServiceError as error:
            raise GoldenMismatch(f"Golden example {index} cannot be run: {error}") from error
        for name, expected in examples.outputs.items():
            yield Difference(index, *_compare(row, name, expected[index]))


def _compare(row: Arrays, name: str, expected: Any) -> tuple[float, str]:
    """Return the largest difference of an output from what is expected, and words for it."""
    if name not in row:
        return math.inf, f"expects an output {name!r}, which the model has not"
    given, where = row[name], f"in output {name!r}"
    is_text = given.dtype.kind in "OUS"
    try:
        given = as_text(given) if is_text else given
        wanted = np.asarray(expected, object if is_text else np.float64)
    except (ValueError, TypeError):
        return math.inf, f"expects what are no numbers {where}"
    if given.shape != wanted.shape:
        shapes = f"{list(given.shape)} instead of {list(wanted.shape)}"
        return math.inf, f"has another shape {where}, {shapes}"
    if not given.size:
        return 0, f"is empty {where}"
    if is_text:
        sizes = np.where(given == wanted, 0, math.inf)
    else:
        sizes = np.abs(given - wanted) / np.maximum(1, np.abs(wanted))
    at = np.unravel_index(np.argmax(np.where(np.isnan(sizes), math.inf, sizes)), sizes.shape)
    place = "".join(f"[{int(i)}]" for i in at)
    values = f"{_short(given[at])} instead of {_short(wanted[at])}"
    return float(sizes[at]), f"differs by {sizes[at]:.3g} {where}{place}, {values}"


def as_text(array: Array) -> Array:
    """Return strings, of which some runtimes make bytes."""
    texts = [one.decode() if isinstance(one, bytes) else str(one) for one in array.ravel()]
    return np.array(texts, object).reshape(array.shape)


def _short(value: Any) -> str:
    return repr(value) if isinstance(value, str) else f"{value:.6g}"
