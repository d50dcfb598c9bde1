"""The networks of nets.toml, and the folder of the packages that hold them, fetched by `make`."""

from pathlib import Path

import msgspec
import numpy as np
from model_service.arrays import Array
from model_service.model_card import TensorSpec

from ..answers import ROOT

PACKAGES = ROOT / ".cache" / "foreign"


class Format(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a network: the signature that its engine tells, and what gives the truth."""

    file: str
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    reference: str  # a name in REFERENCES
    tolerance: float = 1e-4  # absolute and relative

    @property
    def path(self) -> Path:
        """Return where the file lies, or should."""
        return PACKAGES / self.file


class Net(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A network in its formats, by framework."""

    rows: tuple[tuple[int, ...], ...]
    formats: dict[str, Format]
    spread: float = 1

    def batch(self, count: int) -> list[Array]:
        """Return that many rows of each input, float32, the same ones at every call."""
        random = np.random.default_rng(0)
        shapes = ((count, *row) for row in self.rows)
        return [random.normal(0, self.spread, shape).astype(np.float32) for shape in shapes]


NETS = msgspec.toml.decode(Path(__file__).with_name("nets.toml").read_bytes(), type=dict[str, Net])
