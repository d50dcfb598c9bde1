"""Names and shapes tell what takes tokens; the tokenizer lies beside the model, or is given."""

from pathlib import Path
from typing import Any

import pytest

from model_service.errors import ImportRefused
from model_service.formats import Signature
from model_service.guessing.text import (
    LENGTHS,
    TOKENIZER,
    guess,
    lengths,
)
from model_service.model_card import TensorSpec


@pytest.fixture
def given(tmp_path: Path) -> dict[str, Any]:
    """Return what `import-model` is given: the path of a model beside which a tokenizer lies."""
    (tmp_path / TOKENIZER).write_text("{}")
    return {"path": tmp_path / "model.bin", "tokenizer": None, "lengths": None}


def signature(*names: str, shape: tuple[int, ...] = (-1, -1), dtype: str = "int64") -> Signature:
    """Return the signature of a model with inputs of these names."""
    inputs = [TensorSpec(name=name, dtype=dtype, shape=shape) for name in names]
    return Signature(tuple(inputs), (TensorSpec(name="y", dtype="float32", shape=(-1, 2)),))


@pytest.mark.parametrize(
    "names", [["input_ids"], ["token_type_ids", "attention_mask", "input_ids"]]
)
def test_the_usual_names_are_known(names: list[str], given: dict[str, Any]) -> None:
    guessed = guess(signature(*names), given)
    assert guessed.native
    assert guessed.preprocessing["ids"] == "input_ids"
    assert guessed.preprocessing["lengths"] == LENGTHS
    assert set(guessed.unknown) == {"lengths"}
    assert guessed.files == {TOKENIZER: given["path"].with_name(TOKENIZER).resolve()}


def test_the_only_input_takes_the_tokens(given: dict[str, Any]) -> None:
    assert guess(signature("x"), given).preprocessing["ids"] == "x"


def test_a_fixed_length_is_the_only_one(given: dict[str, Any]) -> None:
    fixed = signature("input_ids", shape=(-1, 48))
    guessed = guess(fixed, given)
    assert guessed.preprocessing["lengths"] == (48,)
    assert not guessed.unknown
    with pytest.raises(ImportRefused, match="rows of 48 tokens"):
        guess(fixed, given | {"lengths": (32, 48)})


def test_tokenizer_and_lengths_are_given(given: dict[str, Any], tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text("{}")
    asked = {"tokenizer": other, "lengths": lengths("64, 8")}
    guessed = guess(signature("input_ids"), given | asked)
    assert guessed.preprocessing["lengths"] == (8, 64)
    assert guessed.files == {TOKENIZER: other}
    assert not guessed.unknown


@pytest.mark.parametrize("text", ["", "many", "0", "8,-1", "8,,16"])
def test_lengths_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ImportRefused, match="--lengths"):
        lengths(text)


def test_a_tokenizer_that_is_not_there_is_refused(given: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=r"There is no file .*none\.json"):
        guess(signature("input_ids"), given | {"tokenizer": tmp_path / "none.json"})


def test_without_a_tokenizer_only_arrays_are_served(given: dict[str, Any]) -> None:
    given["path"].with_name(TOKENIZER).unlink()
    guessed = guess(signature("input_ids"), given)
    assert not guessed.native
    assert set(guessed.unknown) == {"tokenizer"}


@pytest.mark.parametrize(
    "other",
    [
        signature("input_ids", dtype="float32"),
        signature("input_ids", shape=(-1, 3, 8, 8)),
        signature("input_ids", "image"),
    ],
)
def test_a_model_that_takes_no_tokens_takes_arrays(other: Signature, given: dict[str, Any]) -> None:
    assert not guess(other, given).native
