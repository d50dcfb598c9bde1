"""A model that gives back what it is given, with an input for each datatype of the protocol."""

from pathlib import Path
from typing import Any

import numpy as np

from model_service.arrays import Array, Arrays
from model_service.batching import Batcher
from model_service.device import (
    DeviceChoice,
    FixedModel,
    Placement,
)
from model_service.model_card import ModelCard, TensorSpec
from model_service.model_folder import ModelFolder
from model_service.model_run import ModelRuns
from model_service.pipeline import Pipeline
from model_service.settings import Settings
from model_service.startup import Running

from ..cards import card
from .bodies import NAMES

ALL = {f"in_{datatype.lower()}": dtype for datatype, dtype in NAMES.items()}
TEXTS = ["", "a", "na\u00efve \N{SNOWMAN}", 'quote " and \\', "\0"]


class EchoEngine:
    """Gives each input back as an output: in_x as out_x."""

    name, device, threads, dtype = "echo 1", "cpu", 1, "float32"

    def __init__(self, of: ModelCard) -> None:
        self.inputs: tuple[TensorSpec, ...] = of.inputs
        self.outputs: tuple[TensorSpec, ...] = of.outputs

    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Return the inputs under the names of the outputs."""
        return {output_of(name): array for name, array in inputs.items()}


def output_of(name: str) -> str:
    """Return the output that an input comes back as."""
    return name.replace("in_", "out_", 1)


def echo_card(dtypes: dict[str, str], shape: list[int]) -> ModelCard:
    """Return a card with these inputs, all of one shape."""
    inputs = [{"name": name, "dtype": dtype, "shape": shape} for name, dtype in dtypes.items()]
    outputs = [{**spec, "name": output_of(str(spec["name"]))} for spec in inputs]
    return card(name="echo", version="3", inputs=inputs, outputs=outputs)


def echoing(
    settings: Settings,
    dtypes: dict[str, str] = ALL,
    shape: tuple[int, ...] = (-1, -1),
    labels: tuple[str, ...] = (),
) -> Running:
    """Return the model as if it had been started."""
    of = echo_card(dtypes, list(shape))
    engine, choice = EchoEngine(of), DeviceChoice("cpu", "cpu", "It only gives back.")
    placed = FixedModel(lambda _: Placement(engine, choice, "none"), settings)
    runs = ModelRuns(placed)
    batcher, unused = Batcher(runs, settings), Any
    pipeline = Pipeline(unused, batcher, unused)  # type: ignore[arg-type]
    model = ModelFolder(Path(), of)
    parts: Any = model, placed, runs, batcher, pipeline, unused, unused, labels
    return Running(*parts)


def values(dtype: str, count: int) -> Array:
    """Return one row of values, among them the least and the most that the dtype holds."""
    kind = np.dtype(dtype)
    if kind.kind == "O":
        row: list[Any] = TEXTS
    elif kind.kind == "b":
        row = [False, True]
    else:
        limits: Any = np.iinfo(kind) if kind.kind in "iu" else np.finfo(kind)
        row = [limits.min, limits.max, 0, 1]
    return np.array([[row[i % len(row)] for i in range(count)]], kind)
