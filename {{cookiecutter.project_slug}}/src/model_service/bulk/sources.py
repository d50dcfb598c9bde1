"""The files of a run, and how each kind of file is read, block by block."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import msgspec
import numpy as np

from ..arrays import Array
from ..errors import InvalidRequest, JobRefused
from ..model_card import ModelCard
from ..nesting import refuse_deep
from ..npy import MEDIA_TYPE
from ..preprocessing import MEDIA_TYPES, read_instances
from ..settings import Settings
from .batches import Block
from .tables import Fields, read_csv


class Inputs(NamedTuple):
    """The inputs of a run: how many bytes they have, and what tells them from others."""

    bytes: int
    sha256: str


def find(given: Sequence[str]) -> Iterator[Path]:
    """Yield the files that are meant by names of files, of folders and patterns, in order.

    A folder means all files below it but hidden ones. Raises JobRefused for what is not there.
    """
    for name in given:
        path = Path(name)
        if path.is_dir():
            yield from _below(path)
        elif path.exists():
            yield path
        else:
            found = Path(path.anchor).glob(str(path.relative_to(path.anchor)))
            files = sorted(match for match in found if match.is_file())
            if not files:
                raise JobRefused(f"No file matches {name!r}.")
            yield from files


def survey(given: Sequence[str]) -> Inputs:
    """Look at all files once, without opening them; raises JobRefused if there are none."""
    size, digest = 0, hashlib.sha256()
    for path in find(given):
        status = path.stat()
        size += status.st_size
        digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    if digest.digest() == hashlib.sha256().digest():
        raise JobRefused(f"There is no file in {', '.join(given)}.")
    return Inputs(size, digest.hexdigest())


@dataclass(frozen=True)
class Reader:
    """Reads any file that holds instances of a model; `columns` are those of a table to take."""

    card: ModelCard
    settings: Settings
    size: int
    columns: tuple[str, ...] = ()

    def __call__(self, path: Path, first: int) -> Iterable[Block]:
        """Yield the instances of a file from the given one on, at most `size` in a block.

        Raises InvalidRequest or OSError if the rest of the file cannot be read.
        """
        most = self.settings.max_body_bytes
        fields = Fields.of(self.card, self.columns)
        match path.suffix.lower():
            case ".csv" | ".tsv":
                return read_csv(path, first, self.size, fields, most)
            case ".jsonl" | ".ndjson":
                return read_lines(path, first, self.size, most)
            case ".parquet":
                from .parquet import read_parquet

                return read_parquet(path, first, self.size, fields)
            case ".npy":
                return read_array(path, first, self.size)
        instances = read_instances(path.read_bytes())
        return [Block(first, instances[first:])]


def read_array(path: Path, first: int, size: int) -> Iterator[Block]:
    """Yield the rows of a `.npy` file, which may be larger than the memory."""
    if MEDIA_TYPE not in MEDIA_TYPES:
        raise InvalidRequest("The instances of this service do not come as arrays.")
    count = len(_mapped(path))
    for start in range(first, count, size):
        # Mapped anew for each block: pages that were read would be kept, and count as ours.
        rows = np.array(_mapped(path)[start : start + size])
        yield Block(start, rows, (start + len(rows)) / count, rows)


def _mapped(path: Path) -> Array:
    try:
        array: Array = np.lib.format.open_memmap(path, mode="r")  # takes no pickled objects
    except Exception:  # a broken header makes Python's parser raise whatever it has
        raise InvalidRequest(
            "The array cannot be read: a .npy file, whole and without objects, is needed."
        ) from None
    if not array.ndim:
        raise InvalidRequest("The array is a single number: it needs a dimension for the rows.")
    return array


def read_lines(path: Path, first: int, size: int, most: int) -> Iterator[Block]:
    """Yield the instances of a file of JSON, one to a line of at most so many bytes."""
    whole = path.stat().st_size
    rows: list[object] = []
    number = 0
    with path.open("rb") as file:
        for number, line in enumerate(iter(partial(_line, file, most), b""), start=1):
            if number > first:
                rows.append(_instance(line, most))
            if len(rows) == size:
                yield Block(number - size, rows, file.tell() / whole)
                rows = []
    if rows:
        yield Block(number - len(rows), rows)


def _line(file: BinaryIO, most: int) -> bytes:
    """Return the next line, without what it has more than `most` bytes and one."""
    line = rest = file.readline(most + 1)
    while len(rest) > most and not rest.endswith(b"\n"):
        rest = file.readline(most + 1)
    return line


def _instance(line: bytes, most: int) -> object:
    if len(line) > most:
        return InvalidRequest(f"The line is longer than SERVICE_MAX_BODY_BYTES, {most}.")
    try:
        refuse_deep(line)
        return msgspec.json.decode(line)
    except InvalidRequest as error:
        return error
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _lenient(line)


def _lenient(line: bytes) -> Any:
    """Parse what holds NaN or Infinity, so that the feature at fault can be named."""
    try:
        return json.loads(line)
    except ValueError:
        return InvalidRequest("The line is not JSON.")


def _below(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(parent, name) for name in sorted(files) if not name.startswith("."))
