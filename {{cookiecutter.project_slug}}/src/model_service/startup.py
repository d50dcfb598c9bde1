"""From settings to a model that is served: card, device, engine, warm-up, golden examples.

Each step either succeeds or raises a StartupError whose sentence says what to do.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypedDict

from .batching import Batcher
from .checks import check_golden, check_signature, first_row, fit_batch
from .device import DeviceChoice, FixedModel, Placed, PlacedModel, Placement, choose
from .engine import Engine, available_devices, load
from .errors import InvalidInstance, StartupError
from .model_folder import ModelFolder
from .model_run import ModelRuns
from .pipeline import Pipeline, Row
from .postprocessing import Postprocessor
from .preprocessing import KIND, Preprocessor, json_reader
from .resources import available_cpus, plan
from .settings import Settings
from .warming import warm_up, warm_up_blank

logger = logging.getLogger(__name__)


SHOWN = 3  # examples
NO_GOLDEN = (
    "No golden examples: nothing proves that the answers are those of training; record some with"
    " `record`."
)


class Description(TypedDict):
    """What runs where, and why there."""

    model: str
    version: str
    input_kind: str
    engine: str
    device: str
    device_reason: str
    threads: int
    dtype: str
    quantization: str
    golden_examples: int


@dataclass(frozen=True)
class Running:
    """A model and what serves it; what `start` returns has passed every check."""

    model: ModelFolder
    placed: Placed
    runs: ModelRuns
    batcher: Batcher
    pipeline: Pipeline
    preprocess: Callable[[object], Row]
    read_json: Callable[[bytes], Sequence[Any]]
    labels: tuple[str, ...]
    examples: tuple[Any, ...] = ()  # instances to show, as a client sends them
    golden_examples: int = 0

    @property
    def engine(self) -> Engine:
        """What runs the model at present."""
        return self.placed.placement.engine

    def describe(self) -> Description:
        """Return what `/readyz` and `info` tell."""
        placement = self.placed.placement
        return {
            "model": self.model.card.name,
            "version": self.model.card.version,
            "input_kind": KIND,
            "engine": placement.engine.name,
            "device": placement.choice.device,
            "device_reason": placement.choice.reason,
            "threads": placement.engine.threads,
            "dtype": placement.engine.dtype,
            "quantization": placement.quantization,
            "golden_examples": self.golden_examples,
        }


def start(
    settings: Settings, engine: Engine | None = None, say: Callable[[str], None] = logger.info
) -> Running:
    """Load, warm up and check the model; `say` is told of each step.

    A given engine is used as it is, on the device that it names. Raises StartupError.
    """
    return prove(assemble(settings, engine, say), say)


def assemble(
    settings: Settings,
    engine: Engine | None = None,
    say: Callable[[str], None] = logger.info,
    original: bool = False,
) -> Running:
    """Load the model and put together what serves it, unproven; raises StartupError.

    With `original` it is the original that is loaded, whatever artefact is served.
    """
    model = ModelFolder.open(Path(settings.model_dir))
    card = model.card
    say(f"Model card: {card.name} {card.version}.")
    served = (lambda _: (model.original(), "none")) if original else model.served
    placed = (
        _given(engine, settings)
        if engine
        else PlacedModel(partial(_place, served, settings), settings)
    )
    engine, choice, quantization = placed.placement
    say(f"Engine: {engine.name} on {choice.device}. {choice.reason} Quantization: {quantization}.")
    check_signature("input", card.inputs, engine.inputs)
    check_signature("output", card.outputs, engine.outputs)

    settings = fit_batch(settings, card.inputs)
    preprocess = Preprocessor(card, settings) if card.native else _refuse_instances(card.name)
    runs = ModelRuns(placed)
    batcher = Batcher(runs, settings)
    pipeline = Pipeline(preprocess, batcher, Postprocessor(model))
    reader = json_reader(card)
    return Running(model, placed, runs, batcher, pipeline, preprocess, reader, model.labels())


def prove(running: Running, say: Callable[[str], None] = logger.info) -> Running:
    """Warm up and check the golden examples; the result has some to show. Raises StartupError."""
    card, most, examples = running.model.card, running.batcher.max_rows, running.model.golden()
    if examples.instances:
        warmed = warm_up(running.engine, first_row(running.preprocess, examples), most)
    else:
        warmed = warm_up_blank(running.engine, card.inputs, most)
    say(warmed.sentence)
    running.runs.beside_rows_s = warmed.beside_rows_s
    if count := len(examples.instances):
        original = running.placed.placement.quantization == "none"
        tolerance = card.golden.tolerance if original else card.quantization.golden_tolerance
        check_golden(running.pipeline, examples, tolerance)
        say(f"Golden examples: {count} of {count} match.")
    else:
        say(NO_GOLDEN)
    return replace(running, examples=tuple(examples.instances[:SHOWN]), golden_examples=count)


def _refuse_instances(model: str) -> Callable[[object], Row]:
    """Return what stands in for the preprocessing of a model that takes arrays alone."""

    def refuse(instance: object) -> Row:
        raise InvalidInstance(
            f"this model takes arrays that no instance expresses: ask /v2/models/{model}/infer."
        )

    return refuse


def _given(engine: Engine, settings: Settings) -> Placed:
    choice = DeviceChoice(engine.device, engine.device, "The engine was given.")
    return FixedModel(lambda faults: Placement(engine, choice, "none"), settings)


def _place(
    served: Callable[[str], tuple[Path, str]], settings: Settings, faults: Mapping[str, str]
) -> Placement:
    """Try devices until the policy is content with the one that is really in use, or raises."""
    threads = plan(settings, available_cpus()).intra_op_threads
    faults = dict(faults)
    while True:
        choice = choose(settings.device, available_devices(), faults)
        artefact, quantization = served(choice.device)
        try:
            engine = load(artefact, choice.device, threads)
        except StartupError as error:
            if choice.device == "cpu":
                raise
            faults[choice.device] = str(error)
            continue
        if engine.device == choice.device:
            return Placement(engine, choice, quantization)
        faults[choice.device] = f"the runtime put the model on {engine.device} instead."
