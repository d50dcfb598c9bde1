"""Rows of a CSV file become instances: by name, as a list, or as the one value they have."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model_service.bulk.batches import Block
from model_service.bulk.tables import Fields, read_csv
from model_service.errors import InvalidRequest

NUMBER = {"type": "number"}
FEATURES = Fields({"age": NUMBER, "size": NUMBER}, is_text=False, several_inputs=False)
INPUTS = Fields({"age": NUMBER, "size": NUMBER}, is_text=False, several_inputs=True)
LISTS = Fields({}, is_text=False, several_inputs=False)
TEXT = Fields({"text": {"type": "string"}}, is_text=True, several_inputs=False)


def read(text: str, fields: Fields, path: Path, first: int = 0, size: int = 3) -> list[Block]:
    """Return the blocks of a file with that text."""
    path.write_bytes(text.encode())
    return list(read_csv(path, first, size, fields, 10_000))


def rows(blocks: list[Block]) -> list[Any]:
    """Return the instances of blocks; those of an error are its words."""
    every = [row for block in blocks for row in block.rows]
    return [str(row) if isinstance(row, Exception) else row for row in every]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a file to write."""
    return tmp_path / "table.csv"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_columns_are_found_by_name_in_any_order_among_others(mark: str, path: Path) -> None:
    text = f"id{mark}size{mark}age\n7{mark}1.5{mark}40\n8{mark}2{mark}50\n"
    (block,) = read(text, FEATURES, path)
    assert rows([block]) == [{"age": 40, "size": 1.5}, {"age": 50, "size": 2}]
    assert isinstance(block.together, np.ndarray)
    assert block.together.tolist() == [[40, 1.5], [50, 2]]


def test_several_inputs_are_objects_of_arrays(path: Path) -> None:
    (block,) = read("size,age\n1,40\n2,50\n", INPUTS, path)
    assert isinstance(block.together, dict)
    assert {name: array.tolist() for name, array in block.together.items()} == {
        "age": [40, 50],
        "size": [1, 2],
    }


def test_a_table_without_names_is_lists(path: Path) -> None:
    (block,) = read("\ufeff1,2\r\n3,4.5\r\n", FEATURES, path)
    assert rows([block]) == [[1, 2], [3, 4.5]]
    assert isinstance(block.together, np.ndarray)
    assert block.together.tolist() == [[1, 2], [3, 4.5]]


def test_one_column_is_the_instance_itself(path: Path) -> None:
    blocks = read('words\n"two, words"\n"a\nline"\n42\n', TEXT, path)
    assert rows(blocks) == ["two, words", "a\nline", "42"]
    assert blocks[0].together is None


def test_chosen_columns_come_in_the_order_in_which_they_are_chosen(path: Path) -> None:
    chosen = Fields({}, is_text=False, several_inputs=False, chosen=("c", "a"))
    assert rows(read("a,b,c\n1,x,3\n", chosen, path)) == [[3, 1]]


def test_what_is_no_number_stays_as_it_is_and_is_judged_by_the_preprocessing(path: Path) -> None:
    blocks = read("age,size\n40,1\n,tall\ntrue,nan\n", FEATURES, path)
    first, second, third = rows(blocks)
    assert (first, second) == ({"age": 40, "size": 1}, {"age": None, "size": "tall"})
    assert third["age"] is True
    assert np.isnan(third["size"])
    assert blocks[0].together is None


def test_a_row_of_another_length_is_told_and_the_others_are_read(path: Path) -> None:
    assert rows(read("age,size\n1,2\n3\n4,5,6\n\n7,8\n", FEATURES, path)) == [
        {"age": 1, "size": 2},
        "The row has 1 columns, the table has 2.",
        "The row has 3 columns, the table has 2.",
        {"age": 7, "size": 8},
    ]


def test_a_field_that_is_too_long_is_told(path: Path) -> None:
    found = rows(read(f"age,size\n1,{10_001 * '2'}\n3,4\n", FEATURES, path))
    assert found[0].startswith("The row cannot be read: field larger than field limit")
    assert found[-1] == {"age": 3, "size": 4}


@pytest.mark.parametrize("fields", [FEATURES, Fields({}, False, False, ("size",))])
def test_a_missing_column_is_named(fields: Fields, path: Path) -> None:
    with pytest.raises(InvalidRequest, match="The table has no column 'size'"):
        read("age,height\n1,2\n", fields, path)


@pytest.mark.parametrize("text", ["", "age,size\n", "\n\n"])
def test_a_table_of_no_rows_gives_none(text: str, path: Path) -> None:
    assert rows(read(text, FEATURES, path)) == []


def test_bytes_that_are_no_utf8_are_told_by_the_preprocessing(path: Path) -> None:
    path.write_bytes(b"age,size\n1,\xff\n")
    (block,) = read_csv(path, 0, 3, FEATURES, 100)
    assert rows([block]) == [{"age": 1, "size": "\ufffd"}]


@pytest.mark.parametrize("first", range(8))
def test_blocks_end_at_the_same_rows_wherever_reading_begins(first: int, path: Path) -> None:
    text = "age,size\n" + "".join(f"{row},0\n" for row in range(7))
    blocks = read(text, FEATURES, path, first)
    assert [row["age"] for row in rows(blocks)] == list(range(first, 7))
    ends = [block.number + len(block.rows) for block in blocks]
    assert ends == [end for end in (3, 6, 7) if end > first]
    assert [block.number for block in blocks] == [first, *ends][: len(blocks)]
