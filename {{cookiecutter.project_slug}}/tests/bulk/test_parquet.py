"""Parquet files are read a row group at a time, and predictions written as one."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from model_service.bulk import parquet
from model_service.bulk.batches import Block
from model_service.bulk.parquet import read_parquet, write_parquet
from model_service.bulk.tables import Fields
from model_service.errors import InvalidRequest, JobRefused

NUMBER = {"type": "number"}
FEATURES = Fields({"age": NUMBER, "size": NUMBER}, is_text=False, several_inputs=False)
LISTS = Fields({}, is_text=False, several_inputs=False)


def read(
    columns: dict[str, Any], fields: Fields, path: Path, first: int = 0, group: int = 5
) -> list[Block]:
    """Return the blocks of a file with these columns."""
    pq.write_table(pa.table(columns), path, row_group_size=group)
    return list(read_parquet(path, first, 2, fields))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a file to write."""
    return tmp_path / "table.parquet"


@pytest.mark.parametrize("first", range(8))
def test_blocks_end_at_the_same_rows_wherever_reading_begins(first: int, path: Path) -> None:
    columns = {"id": ["x"] * 7, "size": np.arange(7.0), "age": np.arange(7)}
    blocks = read(columns, FEATURES, path, first)
    rows = [row for block in blocks for row in block.rows]
    assert rows == [{"age": n, "size": float(n)} for n in range(first, 7)]
    ends = [block.number + len(block.rows) for block in blocks]
    assert ends == [end for end in (2, 4, 5, 7) if end > first]
    for block in blocks:
        assert isinstance(block.together, np.ndarray)
        assert block.together.tolist() == [[n, n] for n in range(block.number, ends.pop(0))]


@pytest.mark.parametrize("kind", [pa.list_(pa.float32()), pa.list_(pa.float32(), 3)])
def test_a_column_of_lists_is_an_array(kind: pa.DataType, path: Path) -> None:
    values = np.arange(12, dtype=np.float32).reshape(4, 3)
    first, second = read({"x": pa.array(values.tolist(), kind)}, LISTS, path)
    assert isinstance(second.together, np.ndarray)
    assert np.array_equal(second.together, values[2:])
    assert list(first.rows) == values[:2].tolist()


def test_nested_lists_are_an_array(path: Path) -> None:
    values = np.arange(12.0).reshape(2, 2, 3)
    (block,) = read({"x": values.tolist()}, LISTS, path)
    assert isinstance(block.together, np.ndarray)
    assert np.array_equal(block.together, values)


@pytest.mark.parametrize(
    "column", [[1.5, None], ["a", "b"], [[1.0], [1.0, 2.0]], [[1.0], [None]], [b"a", b"b"]]
)
def test_what_is_no_array_is_read_row_by_row(column: list[object], path: Path) -> None:
    (block,) = read({"x": column}, LISTS, path)
    assert block.together is None
    assert list(block.rows) == column


def test_a_missing_column_is_named(path: Path) -> None:
    with pytest.raises(InvalidRequest, match="The table has no column 'size'"):
        read({"age": [1], "height": [2]}, FEATURES, path)


def test_a_table_of_no_rows_gives_none(path: Path) -> None:
    assert (
        read({"age": pa.array([], pa.int64()), "size": pa.array([], pa.int64())}, FEATURES, path)
        == []
    )


@pytest.mark.parametrize("damage", ["text", "cut", "hole"])
def test_a_broken_file_is_told(damage: str, path: Path) -> None:
    read({"x": np.arange(1000.0)}, LISTS, path, group=100)
    data = path.read_bytes()
    broken = {"text": b"text", "cut": data[:-100], "hole": data[:200] + bytes(2000) + data[2200:]}
    path.write_bytes(broken[damage])
    with pytest.raises(InvalidRequest, match="The Parquet file cannot be read"):
        list(read_parquet(path, 0, 2, LISTS))


def test_predictions_become_a_table(
    tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "GROUP_ROWS", 2)
    lines = tmp_path / "lines"
    rows = [
        {"file": "a", "instance": n, "prediction": {"label": "x", "scores": {"x": n / 3}}}
        for n in range(5)
    ]
    lines.write_text("".join(f"{str(row).replace(chr(39), chr(34))}\n" for row in rows))
    write_parquet(lines, path)
    assert pq.read_table(path).to_pylist() == rows
    assert pq.ParquetFile(path).num_row_groups == 3


def test_no_predictions_are_an_empty_table(tmp_path: Path, path: Path) -> None:
    lines = tmp_path / "lines"
    lines.touch()
    write_parquet(lines, path)
    assert pq.read_table(path).num_rows == 0


def test_predictions_without_a_common_type_are_told(
    tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "GROUP_ROWS", 1)
    lines = tmp_path / "lines"
    lines.write_text('{"prediction": 1}\n{"prediction": "one"}\n')
    with pytest.raises(JobRefused, match="a JSON line each"):
        write_parquet(lines, path)
