"""What an import tells, and how it takes models that give one row; the command has the rest."""

from pathlib import Path
from typing import Any

import pytest

from model_service.errors import ImportRefused
from model_service.formats import Signature
from model_service.guessing import Guess
from model_service.importing import steps
from model_service.importing.meaning import Meaning
from model_service.importing.recognise import FORMATS, FRAMEWORK
from model_service.importing.steps import Import
from model_service.model_card import TensorSpec
from model_service.model_folder import ModelFolder

GIVEN: dict[str, Any] = dict.fromkeys(("labels", "task", "activation", "name", "version"))
KIND = next(kind for kind, known in FORMATS.items() if FRAMEWORK in known.frameworks)


def specs(name: str, *shapes: tuple[int, ...]) -> tuple[TensorSpec, ...]:
    """Return float32 specs of the given shapes."""
    return tuple(
        TensorSpec(name=f"{name}{index}", dtype="float32", shape=shape)
        for index, shape in enumerate(shapes)
    )


def test_it_tells_what_the_file_says_and_what_no_file_does() -> None:
    signature = Signature(specs("x", (-1, 3)), specs("y", (-1, 2)), notes=("made by hand",))
    guess = Guess({}, guessed=("It is small.",), unknown={"mean": "The mean of training."})
    meaning = Meaning("raw", "y0", (), "none", (), {"labels": "Names of classes."})
    told = Import(Path("mine"), KIND, signature, guess, meaning, GIVEN).told()
    assert list(told.items()) == [
        (f"mine is {FORMATS[KIND].article_name}", ["made by hand"]),
        ("Inputs", ["x0 float32[-1, 3]"]),
        ("Outputs", ["y0 float32[-1, 2]"]),
        ("Guessed", ["It is small."]),
        ("Not known", ["Names of classes. (--labels)", "The mean of training. (--mean)"]),
    ]


@pytest.mark.parametrize(
    ("inputs", "outputs", "taken"),
    [
        ([(-1, 3)], [(-1, 2)], [(-1, 3)]),
        ([(-1, 3), (1,)], [(1, 2)], [(1, 3), (1,)]),
        ([(-1, 3)], [(-1, 2), (1,)], [(1, 3)]),
        ([(8, 3)], [(1, 2)], [(8, 3)]),
    ],
)
def test_a_model_that_gives_one_row_takes_one(
    inputs: list[tuple[int, ...]],
    outputs: list[tuple[int, ...]],
    taken: list[tuple[int, ...]],
    model: ModelFolder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signature = Signature(specs("x", *inputs), specs("y", *outputs))
    monkeypatch.setattr(steps, "read", lambda path, kind: signature)
    read = Import.of(model.original(), GIVEN)
    assert [spec.shape for spec in read.signature.inputs] == taken


def test_what_no_service_can_load_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused):
        Import.of(tmp_path, GIVEN)
