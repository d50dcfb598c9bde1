"""Numbers: the signature says all that is needed but the names of the features."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import ImportRefused
from ..labels import read_labels
from .base import Guess

if TYPE_CHECKING:  # it brings the runtime, which commands import when they are run
    from ..formats import Signature

OPTIONS = (
    click.Option(
        ["--names"],
        help="The features in the model's order: with commas, or a file with one a line.",
    ),
)

COMMENTS = {
    "features": "names of the last dimension; a client may send an object of them; [] for none"
}


def guess(signature: "Signature", given: Mapping[str, Any]) -> Guess:
    """Return the preprocessing for a signature and what was `given` by OPTIONS.

    Raises ImportRefused if the names are not those of the one input's last dimension.
    """
    names = _names(given.get("names") or "")
    if names and len(signature.inputs) > 1:
        raise ImportRefused(
            f"--names is for a model of one input and this one has {len(signature.inputs)}: their"
            " own names are those that a client sends."
        )
    if len(signature.inputs) > 1:
        listed = ", ".join(spec.name for spec in signature.inputs)
        return Guess({}, guessed=(f"An instance is an object of {listed}.",))
    width = signature.inputs[0].shape[-1] if len(signature.inputs[0].shape) > 1 else 1
    if names and width not in (-1, len(names)):
        raise ImportRefused(f"--names gives {len(names)} names, and the model takes {width}.")
    unknown = {} if names else {"names": "The names of the features: a list is taken."}
    return Guess({"features": names}, COMMENTS, unknown=unknown)


def _names(text: str) -> tuple[str, ...]:
    """Return names that stand between commas or in a file."""
    if "," not in text and Path(text).is_file():
        try:
            return read_labels(Path(text).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ImportRefused(f"{text} does not hold names: {error}.") from None
    return tuple(name.strip() for name in text.split(",")) if text else ()
