"""Rows that are preprocessed together are what each gives alone; the bad ones are told."""

from collections.abc import Sequence

import numpy as np
import pytest

from model_service.arrays import Array
from model_service.bulk.batches import START, Batch
from model_service.bulk.rows import BatchPreprocessor
from model_service.errors import InvalidInstance, InvalidRequest
from model_service.model_card import ModelCard
from model_service.settings import Settings

from ..cards import card


class Halving:
    """Takes numbers or arrays of them, but no negative ones; counts how often it is called."""

    def __init__(self, card: ModelCard, settings: Settings) -> None:
        self.calls = 0

    def __call__(self, instance: object) -> dict[str, Array]:
        self.calls += 1
        array = np.asarray(instance, np.float32)
        if (array < 0).any():
            raise InvalidInstance("a number is negative.")
        return {"x": self.halved(array)}

    def halved(self, array: Array) -> Array:
        """Return what the model gets."""
        return array / np.float32(2)


class Centring(Halving):
    """What an owner may write: the mean of a row is not that of all rows."""

    def halved(self, array: Array) -> Array:
        """Return the row about its mean."""
        centred: Array = array - array.mean()
        return centred


def batch(rows: Array | Sequence[object], together: Array | None = None) -> Batch:
    """Return a batch of rows of one file."""
    return Batch(["file"] * len(rows), range(len(rows)), rows, START, 0, together)


def inputs_of(
    preprocess: BatchPreprocessor, given: Batch
) -> tuple[dict[int, Array], dict[int, str]]:
    """Return the input of each row, and why the others have none."""
    refused: dict[int, str] = {}

    def refuse(index: int, reason: object) -> None:
        refused[index] = str(reason)

    groups = list(preprocess(given, refuse))
    found = {i: row for places, made in groups for i, row in zip(places, made["x"], strict=True)}
    return found, refused


def test_rows_of_an_array_are_one_call() -> None:
    rows = np.arange(300.0).reshape(100, 3)
    made: list[Halving] = []

    def make(given: ModelCard, settings: Settings) -> Halving:
        made.append(Halving(given, settings))
        return made[-1]

    preprocess = BatchPreprocessor(make, card(), Settings())
    found, refused = inputs_of(preprocess, batch(rows, rows))
    assert np.array_equal([found[index] for index in range(100)], rows / 2)
    assert not refused
    assert [one.calls for one in made] == [2, 1]  # the first and the last row, and all


@pytest.mark.parametrize("bad", [[], [0], [99], [40, 41, 77]])
def test_bad_rows_are_told_and_the_others_go_on(bad: list[int]) -> None:
    rows = np.arange(300.0).reshape(100, 3)
    rows[bad] = -1
    found, refused = inputs_of(BatchPreprocessor(Halving, card(), Settings()), batch(rows, rows))
    assert refused == dict.fromkeys(bad, "a number is negative.")
    assert sorted([*found, *refused]) == list(range(100))
    assert all(np.array_equal(found[index], rows[index] / 2) for index in found)


def test_what_means_something_else_for_many_rows_is_done_one_by_one() -> None:
    rows = np.arange(300.0).reshape(100, 3)
    found, _ = inputs_of(BatchPreprocessor(Centring, card(), Settings()), batch(rows, rows))
    assert np.array_equal([found[index] for index in range(100)], [[-1, 0, 1]] * 100)


def test_rows_of_other_shapes_are_other_runs() -> None:
    rows: list[object] = [[2.0], [4.0, 6.0], InvalidRequest("No."), [8.0], "text"]
    refused: dict[int, str] = {}

    def refuse(index: int, reason: object) -> None:
        refused[index] = str(reason)

    preprocess = BatchPreprocessor(Halving, card(), Settings())
    groups = {
        tuple(places): inputs["x"].tolist() for places, inputs in preprocess(batch(rows), refuse)
    }
    assert groups == {(0, 3): [[1.0], [4.0]], (1,): [[2.0, 3.0]]}
    assert refused[2] == "No."
    assert refused[4].startswith("The preprocessing failed: ValueError(")


def test_large_rows_do_not_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model_service.bulk.rows.BATCH_BYTES", 24)
    rows: list[object] = [[1.0, 2.0, 3.0]] * 5
    groups = BatchPreprocessor(Halving, card(), Settings())(batch(rows), lambda *_: None)
    assert [list(places) for places, _ in groups] == [[0, 1], [2, 3], [4]]
