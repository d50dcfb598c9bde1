"""Batches hold every instance once and in order, and are the same wherever a run goes on."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_service.bulk.batches import (
    START,
    Batch,
    Block,
    batch_size,
    batches,
)
from model_service.errors import InvalidRequest, JobRefused
from model_service.model_card import TensorSpec

BROKEN = -1  # of a file: it cannot be read further


def read_numbers(path: Path, first: int, size: int = 4) -> Iterator[Block]:
    """Yield rows of a file that are its number times 100 and theirs; of odd files as arrays."""
    which, count = divmod(int(path.name), 100)
    rows = np.arange(100 * which, 100 * which + abs(count))
    start = first
    while start < len(rows):
        stop = min(start - start % size + size, len(rows))
        part = rows[start:stop]
        is_array = which % 2 == 1
        yield Block(
            start, part if is_array else part.tolist(), stop / len(rows), part if is_array else None
        )
        start = stop
    if which == 7:
        raise InvalidRequest("Broken.")


def named(counts: list[int]) -> list[Path]:
    """Return files that say how many rows they have."""
    return [Path(str(100 * number + count)) for number, count in enumerate(counts)]


def told(made: list[Batch]) -> list[tuple[str, int | None]]:
    """Return file and number of every instance."""
    return [pair for batch in made for pair in zip(batch.files, batch.numbers, strict=True)]


@settings(deadline=None)
@given(st.lists(st.integers(0, 15), max_size=10), st.integers(1, 6))
def test_every_instance_comes_once_and_a_run_goes_on_at_the_end_of_any_batch(
    counts: list[int], size: int
) -> None:
    paths = named(counts)

    def read(path: Path, first: int) -> Iterator[Block]:
        return read_numbers(path, first, size)

    made = list(batches(paths, read, size, START))
    expected: list[tuple[str, int | None]] = [
        (str(path), number) for path, n in zip(paths, counts, strict=True) for number in range(n)
    ]
    if len(paths) > 7:
        at = sum(counts[:8])
        expected.insert(at, (str(paths[7]), None))
    assert told(made) == expected
    assert all(len(batch.rows) <= size for batch in made)
    for index, batch in enumerate(made):
        rest = list(batches(paths, read, size, batch.end))
        assert [told([one]) for one in rest] == [told([one]) for one in made[index + 1 :]]


def test_a_file_that_breaks_off_is_told_after_what_it_gave() -> None:
    (first, last) = batches([Path("703")], read_numbers, 4, START)
    assert list(first.rows) == [700, 701, 702]
    assert last.numbers == [None]
    assert str(last.rows[0]) == "Broken."
    assert list(batches([Path("703")], read_numbers, 4, last.end)) == []


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    def read(path: Path, first: int) -> list[Block]:
        return [Block(0, [path.read_bytes()])]

    (batch,) = batches([tmp_path / "gone"], read, 4, START)
    assert str(batch.rows[0]) == "The file cannot be read: No such file or directory."


def test_what_no_file_can_be_read_for_stops_the_run() -> None:
    def read(path: Path, first: int) -> list[Block]:
        raise JobRefused("There is no reader.")

    with pytest.raises(JobRefused):
        list(batches([Path("3")], read, 4, START))


def test_large_files_do_not_wait_for_a_full_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model_service.bulk.batches.MOST_BYTES", 20)
    files = [Path(name) for name in "abcd"]
    made = batches(files, lambda path, first: [Block(0, [bytes(10)])], 100, START)
    assert [len(batch.rows) for batch in made] == [2, 2]


def test_what_was_read_is_counted_in_bytes(tmp_path: Path) -> None:
    files = [tmp_path / name for name in "ab"]
    for path in files:
        path.write_bytes(bytes(100))

    def read(path: Path, first: int) -> list[Block]:
        return [Block(0, [1], 0.5), Block(1, [2], 1.0)]

    assert [batch.read for batch in batches(files, read, 1, START)] == [50, 100, 150, 200]


@pytest.mark.parametrize(
    ("shape", "rows"),
    [
        ((-1, 30), 1024),
        ((-1, 3, 224, 224), 27),
        ((-1, 3, 4000, 4000), 1),
        ((1, 3), 1),
        ((-1,), 1024),
    ],
)
def test_a_batch_has_as_many_rows_as_keep_the_model_busy(shape: tuple[int, ...], rows: int) -> None:
    assert batch_size((TensorSpec(name="x", dtype="float32", shape=shape),)) == rows
