"""What a model file says of itself, in the words of the model card."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..model_card import TensorSpec


@dataclass(frozen=True)
class Signature:
    """The inputs and outputs of a model file, and whatever else it tells.

    `labels` are the names of its classes, `notes` lines worth a comment in the card, and
    `preprocessing` what the file itself states of it, as that section of the card. `files` are the
    other files that it needs, relative to its folder; of an artefact that is a folder all is taken.
    `table` is a text for the terminal: the tensors of a file that holds weights alone.
    """

    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    labels: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    preprocessing: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[Path, ...] = ()
    table: str = ""
