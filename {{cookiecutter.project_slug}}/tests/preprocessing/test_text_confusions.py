"""What is often mistaken about tokens is found, and the card's lines that cure it are told."""

from pathlib import Path
from typing import Any

import pytest

from model_service.preprocessing import text
from model_service.preprocessing.text_confusions import confusions

from ..cards import card
from .mistakes import cure, told
from .text_tokenizers import words

TEXTS = ["one", "two three", "three one one two"]
SERVED = {"ids": "x", "lengths": [4, 8]}


def tell(folder: Path, trained: dict[str, Any], served: dict[str, Any]) -> str:
    """Return what is told of a model of tokens."""
    words().save(str(folder / "tokenizer.json"))
    return told(folder, text, (-1,), TEXTS, SERVED | trained, SERVED | served, "int64")


@pytest.mark.parametrize(
    ("trained", "served"),
    [
        ({"special_tokens": False}, {}),
        ({"special_tokens": True}, {"special_tokens": False}),
        ({"padding": 1}, {}),
        ({"padding": 0}, {"padding": 1}),
        ({"lengths": [8], "padding": 1}, {"padding": 1}),
        ({"lengths": [128], "padding": 1}, {"padding": 1}),
        ({"special_tokens": False, "padding": 1}, {}),
    ],
)
def test_mistakes_are_told_with_their_cure(
    trained: dict[str, Any], served: dict[str, Any], tmp_path: Path
) -> None:
    found = cure(tell(tmp_path, trained, served))
    assert SERVED | served | found == SERVED | served | trained


def test_a_mistake_that_is_not_known_is_not_claimed_to_be_found(tmp_path: Path) -> None:
    assert "None of " in tell(tmp_path, {"padding": 6}, {})


def test_a_model_of_one_length_is_not_tried_at_others() -> None:
    spec = {"name": "x", "dtype": "int64", "shape": [-1, 8]}
    fixed = card(inputs=[spec], preprocessing={"ids": "x", "lengths": [8]})
    settings = [change.settings for group in confusions(fixed, TEXTS) for change in group]
    assert settings == [{"special_tokens": False}, {"padding": 1}]
