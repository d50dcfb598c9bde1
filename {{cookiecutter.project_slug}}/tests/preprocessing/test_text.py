"""A text becomes tokens, cut and filled up as the card says; what is no text is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer, models

from model_service.errors import InvalidInstance
from model_service.preprocessing.text import (
    Preprocessor,
    instance_schema,
    read_instances,
)

from ..cards import card
from .text_tokenizers import IDS, MASK, TYPES, preprocessor, words


@pytest.fixture
def preprocess(tmp_path: Path) -> Preprocessor:
    """Return the preprocessor of a model of one input."""
    return preprocessor(tmp_path)


def ids(preprocess: Preprocessor, instance: object) -> list[int]:
    """Return the token ids of an instance."""
    found: list[int] = preprocess(instance)["input_ids"].tolist()
    return found


@pytest.mark.parametrize(
    "instance",
    [
        "one two",
        "One  TWO\n",
        {"text": "one two"},
    ],
    ids=["string", "other letters", "object"],
)
def test_a_text_is_tokens_between_the_special_ones(
    instance: object, preprocess: Preprocessor
) -> None:
    assert ids(preprocess, instance) == [2, 4, 5, 3]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("one", [2, 4, 3, 0]),
        ("one two", [2, 4, 5, 3]),
        ("one two three", [2, 4, 5, 6, 3, 0, 0, 0]),
        ("one two three one two three", [2, 4, 5, 6, 4, 5, 6, 3]),
        (100 * "one ", [2, 4, 4, 4, 4, 4, 4, 3]),
    ],
)
def test_a_row_has_the_first_length_that_holds_its_tokens(
    text: str, tokens: list[int], preprocess: Preprocessor
) -> None:
    assert ids(preprocess, text) == tokens


def test_every_input_of_the_model_has_its_row(tmp_path: Path) -> None:
    narrow = {**MASK, "dtype": "int32"}
    rows = preprocessor(tmp_path, TYPES, narrow, IDS)("one")
    assert {name: row.tolist() for name, row in rows.items()} == {
        "token_type_ids": [0, 0, 0, 0],
        "attention_mask": [1, 1, 1, 0],
        "input_ids": [2, 4, 3, 0],
    }
    assert {name: row.dtype.name for name, row in rows.items()} == {
        "token_type_ids": "int64",
        "attention_mask": "int32",
        "input_ids": "int64",
    }


@pytest.mark.parametrize(
    ("options", "tokens"),
    [
        ({"special_tokens": False}, [4, 5, 0, 0]),
        ({"padding": 9, "lengths": [6]}, [2, 4, 5, 3, 9, 9]),
        ({"lengths": [3]}, [2, 4, 3]),
        ({"lengths": [4], "too_long": "refuse"}, [2, 4, 5, 3]),
        ({"max_characters": 7}, [2, 4, 5, 3]),
    ],
)
def test_the_card_says_how(options: dict[str, Any], tokens: list[int], tmp_path: Path) -> None:
    assert ids(preprocessor(tmp_path, **options), "one two") == tokens


def test_the_names_of_the_inputs_stand_in_the_card(tmp_path: Path) -> None:
    inputs = {**IDS, "name": "x"}, {**MASK, "name": "z"}
    rows = preprocessor(tmp_path, *inputs, ids="x", mask="z")("one")
    assert {name: row.tolist() for name, row in rows.items()} == {
        "x": [2, 4, 3, 0],
        "z": [1, 1, 1, 0],
    }


def test_what_the_tokenizers_file_says_of_lengths_does_not_count(tmp_path: Path) -> None:
    tokenizer = words()
    tokenizer.enable_padding(length=7, pad_id=5)
    tokenizer.enable_truncation(3)
    assert ids(preprocessor(tmp_path, known=tokenizer), "one two") == [2, 4, 5, 3]


def test_a_callers_text_holds_no_special_tokens(preprocess: Preprocessor) -> None:
    assert ids(preprocess, "[SEP] [PAD]") == [2, 1, 1, 3]


def test_a_nul_is_a_character_like_others(tmp_path: Path) -> None:
    tokenizer = words()
    tokenizer.normalizer = None
    assert ids(preprocessor(tmp_path, known=tokenizer), "one\0 two") == [2, 1, 5, 3]


@pytest.mark.parametrize(
    ("instance", "reason"),
    [
        (None, "is a string"),
        (7, "is a string"),
        (["one"], "is a string"),
        ({}, "is a string"),
        ({"text": 1}, "is a string"),
        ({"text": {"text": "one"}}, "is a string"),
        ({"txt": "one"}, "is a string"),
        ({"text": "one", "language": "en"}, "is a string"),
        ("", "empty"),
        (" \t\n\u00a0", "empty"),
        (b"one", "is a string"),
        ("one \ud83d", "half a character"),
        (100_001 * "a", "100001 characters, and the service reads 100000 at most"),
        ("\x7f\u200b", "finds nothing"),
    ],
)
def test_what_is_no_text_is_refused(
    instance: object, reason: str, preprocess: Preprocessor
) -> None:
    with pytest.raises(InvalidInstance, match=reason):
        preprocess(instance)


def test_a_text_of_too_many_tokens_is_refused_if_the_card_says_so(tmp_path: Path) -> None:
    preprocess = preprocessor(tmp_path, too_long="refuse")
    assert len(ids(preprocess, 6 * "one ")) == 8
    with pytest.raises(InvalidInstance, match="has 9 tokens, and the model takes 8 at most"):
        preprocess(7 * "one ")


def test_a_word_that_no_token_is_for_is_refused(tmp_path: Path) -> None:
    tokenizer = Tokenizer(models.WordLevel({"one": 0}, unk_token="[UNK]"))
    preprocess = preprocessor(tmp_path, known=tokenizer)
    assert ids(preprocess, "one") == [0, 0, 0, 0]
    with pytest.raises(InvalidInstance, match="the tokenizer cannot read the text"):
        preprocess("four")


def test_the_rows_are_arrays_of_their_own(preprocess: Preprocessor) -> None:
    first, second = preprocess("one")["input_ids"], preprocess("two")["input_ids"]
    assert not np.shares_memory(first, second)


def test_a_file_is_one_text() -> None:
    assert read_instances(b"one\ntwo\n") == ["one\ntwo"]
    assert read_instances(b"\xef\xbb\xbfone two\r\n") == ["one two"]
    assert read_instances(b"one\n\n") == ["one\n"]


def test_a_file_that_is_no_text_is_refused() -> None:
    with pytest.raises(InvalidInstance, match="not in UTF-8"):
        read_instances(b"one\xff")


def test_the_schema_takes_both_forms() -> None:
    string, named = instance_schema(card())["anyOf"]
    assert string["type"] == "string"
    assert named["properties"] == {"text": string}
