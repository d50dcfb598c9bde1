"""One text -> the token ids that the model takes, as the model card says.

Edit this file if your model was trained on something that the card cannot express. The order is
fixed: tokenise, cut, fill up to one of a few lengths.
"""

import codecs
from collections.abc import Callable
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from ..arrays import Array
from ..errors import InvalidInstance, InvalidModelCard
from ..json_schema import Schema, object_of
from ..model_card import ModelCard
from ..model_folder import ModelFolder
from ..schemas import parse_json
from ..settings import Settings
from .text_confusions import confusions as confusions
from .text_options import TextOptions, read_options

KIND = "text"
IGNORED_SETTINGS = frozenset({"max_image_pixels"})
MEDIA_TYPES = frozenset({"text/plain"})


class Preprocessor:
    """Turns texts into token ids; raises InvalidModelCard if the card cannot be followed."""

    def __init__(self, card: ModelCard, settings: Settings) -> None:
        self._options = options = read_options(card)
        self._specs = card.inputs
        file = ModelFolder(Path(settings.model_dir), card).file(options.tokenizer)
        self._tokenizer = _read_tokenizer(file, options)

    def __call__(self, instance: object) -> dict[str, Array]:
        """Return an array of tokens for each input, shaped (length,), one of the card's lengths.

        The instance is a string, or `{"text": string}`. Raises InvalidInstance.
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


def json_reader(card: ModelCard) -> Callable[[bytes], list[object]]:
    """Return what reads the instances of a JSON body."""
    return parse_json


def read_instances(file: bytes) -> list[object]:
    """Return the one text of a file; raises InvalidInstance if it is not in UTF-8."""
    try:
        text = file.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError:
        raise InvalidInstance("The text is not in UTF-8.") from None
    return [text.removesuffix("\n").removesuffix("\r")]  # an editor's, not the text's


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
