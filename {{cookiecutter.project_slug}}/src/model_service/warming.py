"""The first runs of a model, so that no client waits for them, and how long further ones take."""

import time
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from .arrays import Array
from .engine import Engine
from .errors import InvalidModelCard
from .model_card import TensorSpec

BLANK_SIZES = (1, 16, 64, 256)
FEW = 8  # rows of a run that is measured: enough to tell a row from a run, and soon done
MEASURED_S = 0.1  # for the runs of each size


class WarmUp(NamedTuple):
    """What is to be said of a warm-up, and the seconds that runs then take, by their rows."""

    sentence: str
    seconds: Mapping[int, float] = MappingProxyType({})

    @property
    def beside_rows_s(self) -> float:
        """The seconds of a run that do not depend on its rows; 0 if not two sizes are known."""
        if len(self.seconds) < 2:
            return 0.0
        (few, quick), (many, slow) = sorted(self.seconds.items())
        return max(0.0, quick - few * (slow - quick) / (many - few))


def warm_up(engine: Engine, row: dict[str, Array], max_rows: int) -> WarmUp:
    """Run the smallest and the largest batch, then measure some; raises InvalidModelCard."""
    for count in sorted({1, max_rows}):
        _run(engine, row, count)
    seconds = {count: _quickest(engine, row, count) for count in sorted({1, min(max_rows, FEW)})}
    told = ", ".join(f"{1000 * taken:.3g} ms for {count}" for count, taken in seconds.items())
    return WarmUp(f"Warmed up with up to {max_rows} rows; a run takes {told}.", seconds)


def warm_up_blank(engine: Engine, inputs: tuple[TensorSpec, ...], max_rows: int) -> WarmUp:
    """Warm up with rows of zeros, for want of an example.

    Zeros, or a size that the shape leaves open, may be more than a sound model can bear; only what
    has numbers of known sizes must run. Raises InvalidModelCard.
    """
    reason = ""
    for row in blank_rows(inputs):
        try:
            return warm_up(engine, row, max_rows)
        except InvalidModelCard as error:
            reason = str(error)
    if all(-1 not in spec.shape[1:] and spec.dtype != "object" for spec in inputs):
        raise InvalidModelCard(reason)
    return WarmUp(f"Not warmed up, for want of an example. {reason}")


def blank_rows(inputs: tuple[TensorSpec, ...]) -> Iterator[dict[str, Array]]:
    """Yield rows of zeros or empty texts, with dimensions of any size taken larger and larger."""
    for size in BLANK_SIZES if any(-1 in spec.shape[1:] for spec in inputs) else (1,):
        shapes = {spec.name: [size if n < 0 else n for n in spec.shape[1:]] for spec in inputs}
        yield {
            spec.name: np.full(shapes[spec.name], "" if spec.dtype == "object" else 0, spec.dtype)
            for spec in inputs
        }


def _run(engine: Engine, row: dict[str, Array], count: int) -> float:
    """Run so many rows and return the seconds that it took; raises InvalidModelCard."""
    rows = {name: np.stack([array] * count) for name, array in row.items()}
    began = time.perf_counter()
    try:
        outputs = engine.run(rows)
    except Exception as error:  # a runtime may raise anything
        raise InvalidModelCard(f"The model cannot run {count} rows: {error}.") from error
    taken = time.perf_counter() - began
    for name, output in outputs.items():
        if output.ndim == 0 or len(output) != count:
            raise InvalidModelCard(
                f"The model gives {name!r} in the shape {list(output.shape)} for {count} rows:"
                " the first dimension of every output must be the batch."
            )
    return taken


def _quickest(engine: Engine, row: dict[str, Array], count: int) -> float:
    """Return the seconds of the quickest of several runs: what others do costs the slower ones."""
    ends = time.perf_counter() + MEASURED_S
    quickest = _run(engine, row, count)
    while time.perf_counter() < ends:
        quickest = min(quickest, _run(engine, row, count))
    return quickest
