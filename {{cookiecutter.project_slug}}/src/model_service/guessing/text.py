"""Text: the names of the inputs tell what each takes, and the tokenizer lies beside the model."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import ImportRefused
from ..model_card import TensorSpec
from .base import Guess, arrays_only

if TYPE_CHECKING:  # it brings the runtime, which commands import when they are run
    from ..formats import Signature

TOKENIZER = "tokenizer.json"
NAMES = {"ids": "input_ids", "mask": "attention_mask", "types": "token_type_ids"}
LENGTHS = (16, 32, 64, 128)
COMMENTS = {
    "tokenizer": "of the `tokenizers` library, in this folder",
    "ids": "names of the model's inputs, here that of the token ids",
    "mask": "1 for tokens, 0 for padding; counts if the model has such an input",
    "types": "0 for each token; counts if the model has such an input",
    "padding": "the id that fills a row up",
    "special_tokens": "whether the tokenizer adds those that it knows, as [CLS] and [SEP]",
    "lengths": "a row is filled up to the first that holds its tokens",
    "too_long": "cut | refuse: what becomes of more tokens than the last length",
}


def lengths(text: str) -> tuple[int, ...]:
    """Return numbers of tokens with commas between them, in order; raises ImportRefused."""
    found = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and int(part) for part in found):
        raise ImportRefused(f"--lengths {text!r} are no numbers of tokens, as in 32,128,512.")
    return tuple(sorted({int(part) for part in found}))


OPTIONS = (
    click.Option(
        ["--tokenizer"],
        type=click.Path(path_type=Path),
        help=f"The model's {TOKENIZER}; else the one that lies beside the model.",
    ),
    click.Option(["--lengths"], type=lengths, help="Tokens to fill rows up to, as in 32,128,512."),
)


def guess(signature: "Signature", given: Mapping[str, Any]) -> Guess:
    """Return the preprocessing for a signature and what was `given` by OPTIONS.

    Raises ImportRefused if what was given does not fit the model.
    """
    inputs = signature.inputs
    names = _names(inputs)
    if names["ids"] not in {spec.name for spec in inputs} or not all(map(_takes_tokens, inputs)):
        return arrays_only(f"The inputs {', '.join(map(str, inputs))} are no tokens of a text")
    tokenizer = _tokenizer(given)
    if tokenizer is None:
        missing = {"tokenizer": f"No {TOKENIZER} lies beside the model: texts need one."}
        return replace(arrays_only("The model takes the tokens of a text"), unknown=missing)
    fixed = {spec.shape[1] for spec in inputs} - {-1}
    asked = given.get("lengths")
    if fixed and asked not in (None, tuple(fixed)):
        raise ImportRefused(f"The model takes rows of {max(fixed)} tokens: leave --lengths out.")
    unknown = (
        {} if fixed or asked else {"lengths": f"How long rows may be: {LENGTHS[-1]} is taken."}
    )
    section = {
        "tokenizer": TOKENIZER,
        **names,
        "padding": 0,
        "special_tokens": True,
        "lengths": tuple(fixed) or asked or LENGTHS,
        "too_long": "cut",
    }
    said = f"Texts, cut by {tokenizer.name} into the tokens of the input {names['ids']}."
    return Guess(section, COMMENTS, (said,), unknown, files={TOKENIZER: tokenizer})


def _names(inputs: tuple[TensorSpec, ...]) -> dict[str, str]:
    """Return the name of each kind of input: the usual ones, or that of the only input."""
    if len(inputs) == 1:
        return NAMES | {"ids": inputs[0].name}
    known = {spec.name for spec in inputs} <= set(NAMES.values())
    return NAMES if known else NAMES | {"ids": ""}


def _takes_tokens(spec: TensorSpec) -> bool:
    return len(spec.shape) == 2 and spec.dtype in ("int32", "int64")


def _tokenizer(given: Mapping[str, Any]) -> Path | None:
    """Return the file of the tokenizer, None if nobody gave one and none is there."""
    if (named := given.get("tokenizer")) is not None:
        if not named.is_file():
            raise ImportRefused(f"There is no file {named}: give the model's {TOKENIZER}.")
        return Path(named)
    beside = Path(given.get("path") or ".").resolve().with_name(TOKENIZER)
    return beside if beside.is_file() else None
