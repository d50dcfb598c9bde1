"""Numbers need nothing but the names of the features, which no shape tells."""

from pathlib import Path

import pytest

from model_service.errors import ImportRefused
from model_service.formats import Signature
from model_service.guessing.tensor import guess
from model_service.model_card import TensorSpec


def signature(*shapes: tuple[int, ...], dtype: str = "float32") -> Signature:
    """Return the signature of a model with inputs of these shapes."""
    inputs = [TensorSpec(name=f"x{i}", dtype=dtype, shape=s) for i, s in enumerate(shapes)]
    return Signature(tuple(inputs), (TensorSpec(name="y", dtype="float32", shape=(-1, 2)),))


@pytest.mark.parametrize("shape", [(-1, 3), (-1, -1), (1, 2, 3), (-1,)])
def test_without_names_a_list_is_taken(shape: tuple[int, ...]) -> None:
    guessed = guess(signature(shape), {"names": None})
    assert guessed.native
    assert guessed.preprocessing == {"features": ()}
    assert set(guessed.unknown) == {"names"}


@pytest.mark.parametrize("dtype", ["int8", "uint8", "object", "bool", "float16"])
def test_every_type_is_taken(dtype: str) -> None:
    assert guess(signature((-1, 3), dtype=dtype), {}).native


def test_names_are_given_with_commas_or_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text("a\nb c\nd\n")
    for given in ("a, b c,d", str(file)):
        guessed = guess(signature((-1, 3)), {"names": given})
        assert guessed.preprocessing == {"features": ("a", "b c", "d")}
        assert not guessed.unknown


def test_several_inputs_have_names_already() -> None:
    guessed = guess(signature((-1, 3), (-1,)), {})
    assert guessed.native
    assert not guessed.preprocessing
    assert "x0, x1" in guessed.guessed[0]


@pytest.mark.parametrize(
    ("shapes", "word"),
    [([(-1, 3)], "2 names, and the model takes 3"), ([(-1,)], "takes 1"), ([(-1, 2)] * 2, "has 2")],
)
def test_names_that_do_not_fit_are_refused(shapes: list[tuple[int, ...]], word: str) -> None:
    with pytest.raises(ImportRefused, match=word):
        guess(signature(*shapes), {"names": "a,b"})


def test_a_file_of_no_names_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_bytes(b"\xff")
    with pytest.raises(ImportRefused, match=f"^{file}"):
        guess(signature((-1, 3)), {"names": str(file)})
