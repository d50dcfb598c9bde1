"""Small tokenizers, and preprocessors that read them, for the tests of text."""

from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from model_service.preprocessing.text import Preprocessor
from model_service.settings import Settings

from ..cards import card

WORDS = {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "one": 4, "two": 5, "three": 6}
IDS: dict[str, Any] = {"name": "input_ids", "dtype": "int64", "shape": [-1, -1]}
MASK = {**IDS, "name": "attention_mask"}
TYPES = {**IDS, "name": "token_type_ids"}


def words() -> Tokenizer:
    """Return a tokenizer that knows three words, and puts [CLS] and [SEP] around them."""
    tokenizer = Tokenizer(models.WordLevel(WORDS, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]"])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return tokenizer


def preprocessor(
    folder: Path,
    *inputs: dict[str, Any],
    known: Tokenizer | None = None,
    **options: Any,
) -> Preprocessor:
    """Return the preprocessor of a model with these inputs, [4, 8] tokens long if nothing else."""
    (known or words()).save(str(folder / "tokenizer.json"))
    return Preprocessor(
        card(inputs=inputs or [IDS], preprocessing={"lengths": [4, 8]} | options),
        Settings(model_dir=str(folder)),
    )
