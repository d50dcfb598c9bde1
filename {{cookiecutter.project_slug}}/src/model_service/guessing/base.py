"""What is guessed of a model's preprocessing, and how it is said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Guess:
    """The `[preprocessing]` section of a card, and how sure it is.

    `comments` stand behind the keys. `guessed` are sentences of what was taken from the shape;
    `unknown` has one for each option that would tell what no file does. Unless `native`, clients
    can send nothing but arrays. `files` are copied into the model's folder under these names.
    """

    preprocessing: Mapping[str, Any]
    comments: Mapping[str, str] = field(default_factory=dict)
    guessed: tuple[str, ...] = ()
    unknown: Mapping[str, str] = field(default_factory=dict)
    native: bool = True
    files: Mapping[str, Path] = field(default_factory=dict)


def arrays_only(why: str) -> Guess:
    """Return the guess for inputs that this service's clients cannot express; V2 takes arrays."""
    return Guess(
        {},
        guessed=(f"{why}: POST /predict cannot express that, /v2/models/<name>/infer serves it.",),
        native=False,
    )
