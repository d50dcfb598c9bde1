"""The model card: what the service must know about its model, read from `model/model.toml`.

People edit the card; unknown keys, wrong types and files outside the folder are refused at start.
"""

from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta

from .errors import InvalidModelCard

CARD = "model.toml"
GOLDEN = "golden.json"

T = TypeVar("T")

Text = Annotated[str, Meta(min_length=1)]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the card: a misspelt key is an error, not a default."""


class TensorSpec(Section, frozen=True, kw_only=True):
    """Name, NumPy dtype and shape of an input or output; -1 is any size, the first the batch."""

    name: Text
    dtype: Text
    shape: Annotated[tuple[Annotated[int, Meta(ge=-1)], ...], Meta(min_length=1)]

    def accepts(self, other: "TensorSpec") -> bool:
        """Return whether an array of spec `other` may be given where this spec is asked for."""
        return (self.name, self.dtype) == (other.name, other.dtype) and self.fits(other.shape)

    def fits(self, shape: tuple[int, ...]) -> bool:
        """Return whether an array of this shape may be given."""
        return _fits(self.shape, shape)

    def fits_row(self, shape: tuple[int, ...]) -> bool:
        """Return whether an array of this shape, without the batch, may be a row."""
        return _fits(self.shape[1:], shape)

    def __str__(self) -> str:
        return f"{self.name} {self.dtype}{list(self.shape)}"


def _fits(spec: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    """Return whether a shape is that of a specification, in which -1 is any size."""
    pairs = zip(spec, shape, strict=False)
    return spec == shape or (
        len(spec) == len(shape) and all(wanted in (-1, size) for wanted, size in pairs)
    )


class Artefact(Section, frozen=True, kw_only=True):
    """A model file or folder and the SHA-256 of its bytes; so for other `files` that it reads."""

    file: Text
    sha256: Sha256
    files: dict[Text, Sha256] = {}


class Postprocessing(Section, frozen=True, kw_only=True):
    """Which output is scored, what turns it into scores, and the names of its columns."""

    output: str = ""
    activation: Literal["none", "softmax", "sigmoid"] = "none"
    labels: str = ""


class Golden(Section, frozen=True, kw_only=True):
    """Examples with the outputs they must give, within an absolute and relative tolerance.

    With an empty name of the file there are none, as of a model that was just imported.
    """

    file: str = GOLDEN
    tolerance: Annotated[float, Meta(gt=0)] = 1e-4

    @property
    def arrays(self) -> str:
        """The name of the file for outputs of many numbers, beside the other."""
        return f"{self.file.removesuffix('.json')}.outputs.npz"


class Quantization(Section, frozen=True, kw_only=True):
    """Samples to calibrate and to judge with, and what a quantized artefact must reach.

    `min_agreement` is a share of equal answers, `max_accuracy_loss` a difference of two shares,
    `min_speed` a multiple of the original's at the batch size that gains most.
    """

    calibration: Text = "calibration.npz"
    evaluation: Text = "evaluation.npz"
    min_agreement: Annotated[float, Meta(ge=0, le=1)] = 0.99
    max_accuracy_loss: Annotated[float, Meta(ge=0, le=1)] = 0.01
    min_speed: Annotated[float, Meta(ge=0)] = 0.5
    golden_tolerance: Annotated[float, Meta(gt=0)] = 0.1


class ModelCard(Section, frozen=True, kw_only=True):
    """The whole card; `preprocessing` is checked by the module that reads it.

    A model that is not `native` takes what no instance expresses: V2 alone serves it.
    """

    name: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")]
    version: Text
    description: str = ""
    license: str = ""
    source: str = ""
    task: Literal["classification", "raw"]
    artefact: Artefact
    inputs: Annotated[tuple[TensorSpec, ...], Meta(min_length=1)]
    outputs: Annotated[tuple[TensorSpec, ...], Meta(min_length=1)]
    native: bool = True
    preprocessing: dict[str, Any] = {}
    postprocessing: Postprocessing = Postprocessing()
    golden: Golden = Golden()
    quantization: Quantization = Quantization()
    evaluation: dict[str, Any] = {}


def convert(raw: Any, kind: type[T], section: str = "") -> T:
    """Return TOML data as a struct of the card; raises InvalidModelCard, naming the key."""
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        where = f"[{section}] " if section else ""
        raise InvalidModelCard(f"The model card {CARD} is wrong: {where}{error}.") from None
