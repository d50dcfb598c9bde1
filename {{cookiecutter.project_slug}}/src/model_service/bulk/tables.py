"""Rows of a table -> instances: its columns are features, inputs, or the instance itself."""

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..arrays import Array, Arrays
from ..errors import InvalidRequest
from ..json_schema import Schema
from ..model_card import ModelCard
from ..preprocessing import instance_schema
from .batches import Block

DELIMITERS = ",;\t|"
CONSTANTS = {"": None, "true": True, "false": False}


@dataclass(frozen=True)
class Fields:
    """What an instance may consist of, by its JSON Schema, and the columns that a user chose."""

    named: dict[str, Schema]
    is_text: bool
    several_inputs: bool
    chosen: tuple[str, ...] = ()

    @classmethod
    def of(cls, card: ModelCard, chosen: tuple[str, ...] = ()) -> "Fields":
        """Read what a model takes."""
        schema = instance_schema(card)
        options: list[Schema] = schema.get("anyOf", [schema])
        named: dict[str, Schema] = next(
            (option["properties"] for option in options if "properties" in option), {}
        )
        is_text = any(_leaf(option) == "string" for option in options)
        return cls(named, is_text, len(card.inputs) > 1, chosen)

    def pick(self, names: Sequence[str]) -> "Columns":
        """Return which columns of a table to take; raises InvalidRequest if some are missing.

        Those of the names that an instance has, whatever others there are; else the ones chosen,
        or all of a table without names, or the only one.
        """
        wanted = self.chosen or tuple(self.named)
        missing = [name for name in wanted if name not in names]
        if not missing and wanted:
            places = [names.index(name) for name in wanted]
            keys = wanted if set(wanted) <= set(self.named) else ()
        elif self.chosen or (self.named and len(names) > 1 and any(names)):
            raise InvalidRequest(f"The table has no column {missing[0]!r}.")
        else:
            places, keys = list(range(len(names))), ()
        texts = [_leaf(self.named[key]) == "string" for key in keys]
        return Columns(places, keys, texts or [self.is_text] * len(places), self.several_inputs)


@dataclass(frozen=True)
class Columns:
    """The columns to take, the names that they have in an instance, and which ones are text."""

    places: list[int]
    keys: tuple[str, ...]
    texts: list[bool]
    several_inputs: bool

    def instance(self, values: Sequence[object]) -> object:
        """Return the instance of a row's values."""
        if self.keys:
            return dict(zip(self.keys, values, strict=True))
        return values[0] if len(values) == 1 else list(values)

    def together(self, columns: Sequence[Array]) -> Array | Arrays:
        """Return the instances of numeric columns as one, with a first dimension for the rows."""
        if self.keys and self.several_inputs:
            return dict(zip(self.keys, columns, strict=True))
        return columns[0] if len(columns) == 1 and not self.keys else np.stack(columns, axis=1)


@dataclass(frozen=True)
class Rows(Sequence[object]):
    """The instances of a table, each made when it is asked for."""

    columns: Columns
    size: int
    values: Callable[[int], Sequence[object]]

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: Any) -> Any:
        return self.columns.instance(self.values(range(self.size)[index]))


def read_csv(path: Path, first: int, size: int, fields: Fields, most: int) -> Iterator[Block]:
    """Yield the rows of a table as text, with a line of names above it unless all are numbers.

    A field has at most so many characters. Raises InvalidRequest if a column is missing.
    """
    csv.field_size_limit(most)
    whole = path.stat().st_size
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        head = file.readline(most)
        file.seek(0)
        records = _records(csv.reader(file, delimiter=max(DELIMITERS, key=head.count)))
        names = next(records, [])
        if isinstance(names, InvalidRequest):
            raise names
        if all(isinstance(_value(cell), int | float) for cell in names):
            names = [""] * len(names)
            file.seek(0)
            records = _records(csv.reader(file, delimiter=max(DELIMITERS, key=head.count)))
        columns = fields.pick(names)
        block: list[list[str] | InvalidRequest] = []
        number = 0
        for number, record in enumerate(records, start=1):
            if number > first:
                block.append(_checked(record, len(names)))
            if block and number % size == 0:  # blocks are the same, wherever a run goes on
                share = min(1.0, os.lseek(file.fileno(), 0, os.SEEK_CUR) / whole)
                yield _block(number - len(block), block, columns, share)
                block = []
    if block:
        yield _block(number - len(block), block, columns, 1.0)


def _records(reader: Any) -> Iterator[list[str] | InvalidRequest]:
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield InvalidRequest(f"The row cannot be read: {error}.")
            continue
        if record:  # an empty line is no row
            yield record


def _checked(record: list[str] | InvalidRequest, width: int) -> list[str] | InvalidRequest:
    if isinstance(record, InvalidRequest) or len(record) == width:
        return record
    return InvalidRequest(f"The row has {len(record)} columns, the table has {width}.")


def _block(
    number: int, block: list[list[str] | InvalidRequest], columns: Columns, share: float
) -> Block:
    """Return rows as numbers all at once, if they are numbers."""
    cells = [record for record in block if isinstance(record, list)]
    taken = [[record[place] for place in columns.places] for record in cells]
    rows = Rows(columns, len(cells), lambda index: _values(taken[index], columns.texts))
    if len(cells) < len(block):
        sound = iter(rows)
        return Block(number, [next(sound) if isinstance(r, list) else r for r in block], share)
    for dtype in (np.int64, np.float64):
        try:
            numbers = np.array(taken, dtype) if not any(columns.texts) else None
        except (ValueError, OverflowError):
            continue
        if numbers is not None:
            return Block(number, rows, share, columns.together(list(numbers.T)))
    return Block(number, list(rows), share)


def _values(cells: Sequence[str], texts: Sequence[bool]) -> list[object]:
    return [cell if text else _value(cell) for cell, text in zip(cells, texts, strict=True)]


def _value(cell: str) -> object:
    for number in (int, float):
        try:
            return number(cell)
        except ValueError:
            continue
    return CONSTANTS.get(cell.strip().lower(), cell)


def _leaf(schema: Schema) -> object:
    """Return the type of the values in nested lists."""
    while "items" in schema:
        schema = schema["items"]
    return schema.get("type")
