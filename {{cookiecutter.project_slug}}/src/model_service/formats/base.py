"""What a model file says of itself, in the words of the model card."""

import itertools
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import ImportRefused
from ..model_card import TensorSpec

MOST_INFLATED = 20  # times the bytes on disk; formats that are archives hardly compress
SMALL = 16 * 2**20  # bytes that any archive may inflate to: code and JSON do compress
LONGEST_NOTE = 100  # characters
MOST_NOTES = 10


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


def refuse_bomb(path: Path) -> None:
    """Raise ImportRefused if a zip file is damaged, or says that it inflates to many times itself.

    Readers believe what the archive says, and allocate it. A file that is no archive passes.
    """
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            inflated = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise ImportRefused(f"{path.name} is a damaged archive: copy it again.") from None
    if inflated > max(SMALL, MOST_INFLATED * path.stat().st_size):
        raise ImportRefused(
            f"{path.name} says that it inflates to {inflated} bytes, far more than a model does: it"
            " is damaged, or made to fill the memory."
        )


def notes_of(facts: Mapping[Any, Any]) -> tuple[str, ...]:
    """Return what a file says beside its model as lines `key: value`; only short texts and numbers.

    It goes into a file that people read, so nothing but printable characters does.
    """
    said = (
        f"{key}: {value}" for key, value in facts.items() if isinstance(value, str | int | float)
    )
    fit = (line for line in said if line.isprintable() and len(line) <= LONGEST_NOTE)
    return tuple(itertools.islice(fit, MOST_NOTES))
