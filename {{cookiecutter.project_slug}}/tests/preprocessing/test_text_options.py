"""A card that a text model cannot have is refused at start, in one sentence."""

from pathlib import Path
from typing import Any

import pytest

from model_service.errors import InvalidModelCard
from model_service.preprocessing.text import Preprocessor
from model_service.settings import Settings

from ..cards import card
from .text_tokenizers import IDS, MASK, preprocessor


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"lengths": []}, "lengths"),
        ({"lengths": [0]}, "lengths"),
        ({"lengths": [8, 4]}, "lengths must increase"),
        ({"lengths": [4, 4]}, "lengths must increase"),
        ({"lengths": [2]}, "beyond 2"),
        ({"padding": -1}, "padding"),
        ({"padding": 2**31}, "padding"),
        ({"too_long": "drop"}, "too_long"),
        ({"max_characters": 0}, "max_characters"),
        ({"tokeniser": "tokenizer.json"}, "tokeniser"),
        ({"mask": "input_ids"}, "must differ"),
        ({"ids": "tokens"}, "ids, mask and types are tokens"),
        ({"tokenizer": "../tokenizer.json"}, r"\.\./tokenizer\.json"),
        ({"tokenizer": "vocab.txt"}, r"vocab\.txt"),
    ],
)
def test_a_card_that_cannot_be_followed_is_refused(
    options: dict[str, Any], word: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidModelCard, match=word):
        preprocessor(tmp_path, **options)


def test_the_lengths_must_be_said(tmp_path: Path) -> None:
    settings = Settings(model_dir=str(tmp_path))
    with pytest.raises(InvalidModelCard, match="lengths"):
        Preprocessor(card(inputs=[IDS]), settings)


@pytest.mark.parametrize(
    ("inputs", "word"),
    [
        ([MASK], "attention_mask: name them"),
        ([IDS, {**IDS, "name": "image"}], "image, input_ids: name them"),
        ([{**IDS, "dtype": "float32"}], "takes no tokens"),
        ([{**IDS, "dtype": "uint8"}], "takes no tokens"),
        ([{**IDS, "dtype": "object"}], "takes no tokens"),
        ([{**IDS, "shape": [-1]}], "takes no tokens"),
        ([{**IDS, "shape": [-1, 8]}], r"lengths must be \[8\]"),
    ],
)
def test_a_model_that_takes_no_such_tokens_is_refused(
    inputs: list[dict[str, Any]], word: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidModelCard, match=word):
        preprocessor(tmp_path, *inputs)


def test_a_model_of_a_fixed_length_is_served_with_that_one(tmp_path: Path) -> None:
    preprocess = preprocessor(tmp_path, {**IDS, "shape": [-1, 8]}, lengths=[8])
    assert preprocess("one")["input_ids"].shape == (8,)


def test_no_special_tokens_need_no_room(tmp_path: Path) -> None:
    preprocess = preprocessor(tmp_path, lengths=[1], special_tokens=False)
    assert preprocess("one two")["input_ids"].tolist() == [4]


@pytest.mark.parametrize("content", ["", "{}", "no JSON", '{"model": {"type": "Magic"}}'])
def test_a_file_that_is_no_tokenizer_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text(content)
    settings = Settings(model_dir=str(tmp_path))
    with pytest.raises(InvalidModelCard, match=r"tokenizer\.json is no tokenizer"):
        Preprocessor(card(inputs=[IDS], preprocessing={"lengths": [4]}), settings)
