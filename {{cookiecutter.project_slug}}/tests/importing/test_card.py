"""A card that is written reads back as what was meant, whatever the names in it."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_service.errors import ImportRefused
from model_service.formats import Signature
from model_service.guessing import Guess
from model_service.importing.card import (
    checked_name,
    name_of,
    next_version,
    toml,
    written,
)
from model_service.importing.meaning import Meaning
from model_service.model_card import ModelCard, TensorSpec, convert

MEANING = Meaning("raw", "y", (), "none", (), {"labels": "Names of classes."})
NO_GUESS = Guess({})
HASHES = {"model.bin": 64 * "0"}


def card_of(
    signature: Signature,
    guess: Guess = NO_GUESS,
    hashes: dict[str, str] = HASHES,
    source: str = "mine.bin",
) -> tuple[str, ModelCard]:
    """Return the text of a card, and the card that is read from it."""
    text = written(source, ("mine", "3"), hashes, signature, guess, MEANING)
    return text, convert(tomllib.loads(text), ModelCard)


def spec(name: str) -> TensorSpec:
    """Return a spec of a name."""
    return TensorSpec(name=name, dtype="float32", shape=(-1, 3))


@given(st.text(min_size=1), st.text())
def test_any_name_and_note_comes_back(name: str, note: str) -> None:
    _, card = card_of(Signature((spec(name),), (spec("y"), spec(name)), notes=(note,)), source=note)
    assert [one.name for one in card.inputs] == [name]
    assert card.outputs == (spec("y"), spec(name))
    assert (card.name, card.version, card.native) == ("mine", "3", True)
    assert card.golden.file == ""


def test_what_was_guessed_and_what_is_unknown_stands_above() -> None:
    guess = Guess(
        {"size": (2, 3), "scale": 1 / 255, "resize": "none"},
        {"scale": "of the values"},
        ("It is small.",),
        {"mean": "The mean."},
    )
    text, card = card_of(Signature((spec("x"),), (spec("y"),), notes=("made by hand",)), guess)
    for line in ("# - made by hand", "# - It is small.", "# - The mean.", "# - Names of classes."):
        assert line in text.splitlines()
    assert card.preprocessing == {"size": [2, 3], "scale": 1 / 255, "resize": "none"}
    assert "# of the values" in text


def test_a_model_that_takes_arrays_alone_says_so() -> None:
    text, card = card_of(Signature((spec("x"),), (spec("y"),)), Guess({}, native=False))
    assert not card.native
    assert "[preprocessing]" not in text


def test_other_files_have_their_hashes() -> None:
    beside = {"model.onnx.data": 64 * "1", "a dir/with \"quotes'": 64 * "2"}
    _, card = card_of(Signature((spec("x"),), (spec("y"),)), hashes={**HASHES, **beside})
    assert card.artefact.file == "model.bin"
    assert card.artefact.files == beside


@given(
    st.recursive(
        st.text()
        | st.booleans()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.integers(-(2**63), 2**63 - 1),
        st.lists,
    )
)
def test_values_come_back(value: object) -> None:
    assert tomllib.loads(f"key = {toml(value)}") == {"key": value}


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("ResNet 50 (v2).onnx", "ResNet-50-v2"),
        ("_x_.pt", "x"),
        ("東京.onnx", "model"),
        (90 * "a", 64 * "a"),
        (63 * "a" + " b", 63 * "a" + "-"),
    ],
)
def test_a_name_is_made_of_that_of_the_file(file: str, name: str) -> None:
    assert name_of(Path(file)) == name == checked_name(name)


@pytest.mark.parametrize("name", ["", "a b", "a/b", ".a", "-a", "é", 65 * "a", "a\n"])
def test_a_name_that_cannot_stand_in_a_url_is_refused(name: str) -> None:
    with pytest.raises(ImportRefused, match="--name"):
        checked_name(name)


def test_a_version_is_counted_up(tmp_path: Path) -> None:
    assert next_version(tmp_path, "mine") == "1"
    text, _ = card_of(Signature((spec("x"),), (spec("y"),)))
    (tmp_path / "model.toml").write_text(text)
    assert next_version(tmp_path, "mine") == "4"
    assert next_version(tmp_path, "other") == "1"
