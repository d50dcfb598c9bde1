"""One text -> the token ids that the model takes, as the model card says.

Edit this file if your model was trained on something that the card cannot express. The order is
fixed: tokenise, cut, fill up to one of a few lengths.
"""

import codecs
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from msgspec import Meta
from tokenizers import Tokenizer

from ..arrays import Array
from ..errors import InvalidInstance, InvalidModelCard
from ..json_schema import Schema, object_of
from ..model_card import ModelCard, Section, Text, convert
from ..model_folder import ModelFolder
from ..settings import Settings

KIND = "text"
IGNORED_SETTINGS = frozenset({"max_image_pixels"})
MEDIA_TYPES = frozenset({"text/plain"})


class TextOptions(Section, frozen=True, kw_only=True):
    """The `[preprocessing]` section of a text model's card; lengths are in tokens."""

    tokenizer: Text = "tokenizer.json"
    ids: Text = "input_ids"
    mask: Text = "attention_mask"
    types: Text = "token_type_ids"
    padding: Annotated[int, Meta(ge=0, lt=2**31)] = 0
    special_tokens: bool = True
    lengths: Annotated[tuple[Annotated[int, Meta(ge=1)], ...], Meta(min_length=1)]
    too_long: Literal["cut", "refuse"] = "cut"
    max_characters: Annotated[int, Meta(ge=1)] = 100_000


class Preprocessor:
    """Turns texts into token ids; raises InvalidModelCard if the card cannot be followed."""

    def __init__(self, card: ModelCard, settings: Settings) -> None:
        self._options = options = convert(card.preprocessing, TextOptions, "preprocessing")
        self._specs = card.inputs
        _check(options, card)
        file = ModelFolder(Path(settings.model_dir), card).file(options.tokenizer)
        self._tokenizer = _read_tokenizer(file, options)

    def __call__(self, instance: object) -> dict[str, Array]:
        """Return an array of tokens for each input, shaped (length,), one of the card's lengths.

        The instance is a string, the bytes of a text file in UTF-8, or `{"text": string}`. Raises
        InvalidInstance.
        """
        options, text = self._options, self._text(instance)
        try:
            encoding = self._tokenizer.encode(text, add_special_tokens=options.special_tokens)
        except Exception:  # it raises nothing more precise, as for what its vocabulary lacks
            raise InvalidInstance("the tokenizer cannot read the text.") from None
        count = len(encoding.ids)
        if all(encoding.special_tokens_mask):
            raise InvalidInstance("the tokenizer finds nothing in the text.")
        length = next((length for length in options.lengths if length >= count), None)
        if length is None:
            raise InvalidInstance(
                f"the text has {count} tokens, and the model takes {options.lengths[-1]} at most."
            )
        columns = {
            options.ids: (encoding.ids, options.padding),
            options.mask: (encoding.attention_mask, 0),
            options.types: (encoding.type_ids, 0),
        }
        rows = {}
        for spec in self._specs:
            tokens, padding = columns[spec.name]
            rows[spec.name] = np.array(tokens + [padding] * (length - count), spec.dtype)
        return rows

    def _text(self, instance: object) -> str:
        if isinstance(instance, bytes):
            instance = _decoded(instance)
        if isinstance(instance, dict) and len(instance) == 1:
            instance = instance.get("text")
        if not isinstance(instance, str):
            raise InvalidInstance('a text is a string, or {"text": "..."}.')
        if len(instance) > self._options.max_characters:
            raise InvalidInstance(
                f"the text has {len(instance)} characters, and the service reads"
                f" {self._options.max_characters} at most."
            )
        if not instance.strip():
            raise InvalidInstance("the text is empty.")
        if any("\ud800" <= character <= "\udfff" for character in instance):
            raise InvalidInstance("the text holds half a character, a lone surrogate.")
        return instance


def instance_schema(card: ModelCard) -> Schema:
    """Return the JSON Schema of an instance."""
    text = {"type": "string", "pattern": r"\S"}
    return {"description": "A text.", "anyOf": [text, object_of({"text": text})]}


def read_instances(file: bytes) -> list[object]:
    """Return the one instance that the bytes of a text file are."""
    return [file]


def _check(options: TextOptions, card: ModelCard) -> None:
    """Raise InvalidModelCard unless the inputs are those that the options name, and take tokens."""
    known, given = (options.ids, options.mask, options.types), {spec.name for spec in card.inputs}
    if len(set(known)) < len(known):
        raise InvalidModelCard("[preprocessing] ids, mask and types must differ.")
    if options.ids not in given or not given <= set(known):
        raise InvalidModelCard(
            f"[preprocessing] ids, mask and types are {', '.join(known)}, and the model's inputs"
            f" {', '.join(sorted(given))}: name them."
        )
    if list(options.lengths) != sorted(set(options.lengths)):
        raise InvalidModelCard("[preprocessing] lengths must increase.")
    for spec in card.inputs:
        if len(spec.shape) != 2 or spec.dtype not in ("int32", "int64"):
            raise InvalidModelCard(
                f"{spec} takes no tokens: they are int32 or int64, in two dimensions."
            )
        if spec.shape[1] != -1 and options.lengths != spec.shape[1:]:
            raise InvalidModelCard(
                f"{spec} has a fixed length: [preprocessing] lengths must be [{spec.shape[1]}]."
            )


def _read_tokenizer(file: Path, options: TextOptions) -> Tokenizer:
    """Read a `tokenizer.json`; how it fills up and cuts, the card says and not the file."""
    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # it raises nothing more precise
        raise InvalidModelCard(f"{file.name} is no tokenizer that can be read: {error}.") from None
    longest, added = options.lengths[-1], tokenizer.num_special_tokens_to_add(is_pair=False)
    if options.special_tokens and added >= longest:
        raise InvalidModelCard(
            f"[preprocessing] lengths must go beyond {added}, which the special tokens take."
        )
    tokenizer.no_padding()
    tokenizer.no_truncation()
    if options.too_long == "cut":
        tokenizer.enable_truncation(longest)
    tokenizer.encode_special_tokens = True  # "[SEP]" in a caller's text is text
    return tokenizer


def _decoded(file: bytes) -> str:
    try:
        text = file.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError:
        raise InvalidInstance("the text is not in UTF-8.") from None
    return text.removesuffix("\n").removesuffix("\r")  # an editor's, not the text's
