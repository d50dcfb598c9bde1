"""A run over many inputs: which ones, how, and what tells this run from another one."""

import gc
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec

from ..errors import JobRefused
from ..model_card import CARD
from ..model_folder import SERVED, ModelFolder
from ..resources import available_cpus
from ..settings import Settings
from ..startup import start
from .batches import START, Batch, Position, batch_size, batches
from .local import in_order
from .predictor import Predictor, Result
from .sources import Inputs, Reader, find, survey

LEAST_THREADS = 3  # two for runs of the model, one to make ready and to write
COLLECT_AFTER = 100_000  # objects; each batch has thousands, which are in no cycle


@dataclass(frozen=True)
class Job:
    """Inputs, as named on the command line, and how they are predicted; 0 means choose.

    `ray` is the address of a cluster; if it is empty, this machine does all.
    """

    settings: Settings
    given: Sequence[str]
    rows: int = 0
    columns: tuple[str, ...] = ()
    ray: str = ""
    workers: int = 0

    @cached_property
    def inputs(self) -> Inputs:
        """The size of the inputs, and their hash; raises JobRefused."""
        return survey(self.given)

    @cached_property
    def model(self) -> ModelFolder:
        """The folder of the model; raises InvalidModelCard."""
        return ModelFolder.open(Path(self.settings.model_dir))

    @property
    def key(self) -> str:
        """The hash of all that the predictions depend on; raises JobRefused."""
        files = [self.model.path / name for name in (CARD, SERVED)]
        model = [file.read_bytes() if file.exists() else b"" for file in files]
        parts = (self.inputs.sha256, self.size, self.columns, *model)
        return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()

    @property
    def size(self) -> int:
        """The most rows in a batch."""
        return self.rows or batch_size(self.model.card.inputs)

    def check_output(self, output: Path) -> None:
        """Raise JobRefused if the output would become an input."""
        for name in self.given:
            if Path(name).resolve() in (output.resolve(), *output.resolve().parents):
                raise JobRefused(f"{output} lies in {name}, an input: choose another place.")

    def batches(self, first: Position) -> Iterator[Batch]:
        """Yield the batches from a place on."""
        read = Reader(self.model.card, self.settings, self.size, self.columns)
        return batches(find(self.given), read, self.size, first)

    def results(self, first: Position = START) -> Iterator[Result]:
        """Yield what becomes of each batch, in order.

        Raises StartupError, or OutOfMemory if not even one row can be run.
        """
        if self.ray:
            from . import cluster

            yield from cluster.results(self, first)
            return
        gc.set_threshold(COLLECT_AFTER)
        predictor = Predictor(start(self.settings), self.settings)
        threads = max(LEAST_THREADS, available_cpus() + 1)
        yield from in_order(predictor, self.batches(first), threads)
