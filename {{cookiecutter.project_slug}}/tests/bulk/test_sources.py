"""Files are found by name, folder and pattern, and read as what their names say."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model_service.bulk.sources import (
    Reader,
    find,
    read_array,
    read_lines,
    survey,
)
from model_service.errors import InvalidRequest, JobRefused
from model_service.npy import MEDIA_TYPE
from model_service.preprocessing import MEDIA_TYPES
from model_service.settings import Settings

from ..cards import card


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of files, some of them below, some hidden."""
    for name in ("b.png", "a.png", "below/c.png", "below/d.txt", ".hidden", ".git/e.png"):
        path = tmp_path / "inputs" / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(b"1")
    return tmp_path / "inputs"


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("", ["a.png", "b.png", "below/c.png", "below/d.txt"]),
        ("b.png", ["b.png"]),
        ("*.png", ["a.png", "b.png"]),
        ("**/*.png", [".git/e.png", "a.png", "b.png", "below/c.png"]),
    ],
)
def test_a_folder_is_all_files_below_it_and_a_pattern_what_it_matches(
    given: str, found: list[str], folder: Path
) -> None:
    assert [str(path.relative_to(folder)) for path in find([str(folder / given)])] == found


def test_a_pattern_may_be_relative(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert list(find(["below/*.png"])) == [Path("below/c.png")]


def test_a_pattern_without_a_file_is_told(folder: Path) -> None:
    with pytest.raises(JobRefused, match="No file matches"):
        list(find([str(folder / "*.jpeg")]))


def test_inputs_are_told_from_others_by_their_names_and_sizes(folder: Path) -> None:
    before = survey([str(folder)])
    assert before.bytes == 4
    assert survey([str(folder)]) == before
    (folder / "a.png").write_bytes(b"12")
    assert survey([str(folder)]) != before


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(JobRefused, match="There is no file in"):
        survey([str(tmp_path)])


def lines(text: bytes, path: Path, first: int = 0, most: int = 1000) -> list[object]:
    """Return what the lines of a file give; errors as their words."""
    path.write_bytes(text)
    blocks = list(read_lines(path, first, 2, most))
    for block, after in zip(blocks, blocks[1:], strict=False):
        assert after.number == block.number + len(block.rows)
    rows = [row for block in blocks for row in block.rows]
    return [str(row) if isinstance(row, InvalidRequest) else row for row in rows]


def test_each_line_is_an_instance(tmp_path: Path) -> None:
    text = b'[1]\r\n{"a": 2}\n"three"\nnull\n[NaN]'
    *sound, last = lines(text, tmp_path / "lines")
    assert sound == [[1], {"a": 2}, "three", None]
    assert str(last) == "[nan]"
    assert lines(text, tmp_path / "lines", first=3)[0] is None


def test_lines_that_are_no_json_are_told_and_the_others_are_read(tmp_path: Path) -> None:
    deep, long = b"[" * 200 + b"]" * 200, b'"' + b"x" * 2000 + b'"'
    text = b"\n".join([b"[1", b"\xff", deep, long, b"", b"[2]"])
    found = lines(text, tmp_path / "lines")
    assert found[:2] == ["The line is not JSON."] * 2
    assert "nested deeper" in str(found[2])
    assert found[3] == "The line is longer than SERVICE_MAX_BODY_BYTES, 1000."
    assert found[4:] == ["The line is not JSON.", [2]]


takes_arrays = pytest.mark.skipif(
    MEDIA_TYPE not in MEDIA_TYPES, reason="the service chosen here takes no arrays"
)


@takes_arrays
@pytest.mark.parametrize("layout", [np.ascontiguousarray, np.asfortranarray])
def test_an_array_is_read_in_blocks(layout: Any, tmp_path: Path) -> None:
    rows = np.arange(14.0).reshape(7, 2)
    np.save(tmp_path / "rows.npy", layout(rows))
    blocks = list(read_array(tmp_path / "rows.npy", 3, 3))
    assert [block.number for block in blocks] == [3, 6]
    assert np.array_equal(np.concatenate([block.rows for block in blocks]), rows[3:])
    assert blocks[-1].share == 1
    np.save(tmp_path / "none.npy", rows[:0])
    assert list(read_array(tmp_path / "none.npy", 0, 3)) == []


@takes_arrays
@pytest.mark.parametrize("kind", ["objects", "short", "text", "number"])
def test_an_array_that_cannot_be_read_is_told(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.npy"
    odd: dict[str, Any] = {"objects": np.array([{}]), "number": np.float32(1)}
    np.save(path, odd.get(kind, np.ones((5, 2))))
    if kind in ("short", "text"):
        path.write_bytes(path.read_bytes()[:-8] if kind == "short" else b"text")
    with pytest.raises(InvalidRequest, match="The array"):
        list(read_array(path, 0, 3))


@pytest.mark.skipif(MEDIA_TYPE in MEDIA_TYPES, reason="the service chosen here takes arrays")
def test_arrays_are_refused_where_no_instance_is_one(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="do not come as arrays"):
        list(read_array(tmp_path / "rows.npy", 0, 3))


def test_a_file_is_read_as_what_its_name_says(tmp_path: Path) -> None:
    read = Reader(card(), Settings(), 2)
    path = tmp_path / "ROWS.JSONL"
    path.write_bytes(b"[1]\n[2]\n[3]\n")
    assert [row for block in read(path, 1) for row in block.rows] == [[2], [3]]
    path = tmp_path / "rows.csv"
    path.write_bytes(b"1\n2\n3\n")
    assert [list(map(str, block.rows)) for block in read(path, 0)] == [["1", "2"], ["3"]]
