"""Inputs of any number and size -> batches, each with the place where the next one begins."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..arrays import Array, Arrays
from ..errors import ServiceError, StartupError
from ..model_card import TensorSpec

MOST_BYTES = 64 * 2**20  # of files that wait for their batch
BATCH_BYTES = 16 * 2**20  # of the model's inputs
BATCH_ROWS = 1024


class Position(NamedTuple):
    """A place in the inputs: the number of a file, and of an instance in it."""

    file: int = 0
    instance: int = 0


START = Position()


class Block(NamedTuple):
    """Instances that follow each other in a file, beginning with that of a number.

    An error stands for an instance that cannot be read. `share` is how much of the file is read
    then, up to 1. `together` are the same instances as one, with a first dimension for them.
    """

    number: int
    rows: Sequence[object] | Array
    share: float = 1.0
    together: Array | Arrays | None = None


@dataclass(frozen=True)
class Batch:
    """Instances, the file and the number of each, and how far the inputs are read after them.

    The number is None where a file as a whole cannot be read. `read` is in bytes.
    """

    files: Sequence[str]
    numbers: Sequence[int | None]
    rows: Sequence[object] | Array
    end: Position
    read: int
    together: Array | Arrays | None = None


Read = Callable[[Path, int], Iterable[Block]]  # the file, and the first instance that is wanted


def batch_size(inputs: tuple[TensorSpec, ...]) -> int:
    """Return how many rows a batch has unless it is said: as many as keep the model busy."""
    if any(spec.shape[0] == 1 for spec in inputs):
        return 1
    row = sum(np.dtype(spec.dtype).itemsize * abs(np.prod(spec.shape)) for spec in inputs)
    return int(min(BATCH_ROWS, max(1, BATCH_BYTES // row)))


def batches(paths: Iterable[Path], read: Read, size: int, start: Position) -> Iterator[Batch]:
    """Yield the instances of files from a place on, in order, at most `size` in a batch.

    A batch begins and ends where it did before, if a run goes on at the end of a batch. What
    cannot be read is an error in the place of an instance.
    """
    pending = _Pending()
    done = 0
    for ordinal, path in enumerate(paths):
        length = path.stat().st_size if path.exists() else 0
        if ordinal >= start.file:
            first = start.instance if ordinal == start.file else 0
            for block in _blocks(path, read, first):
                reached = done + int(length * block.share)
                if block.together is not None:
                    if pending.rows:
                        yield pending.batch()
                        pending = _Pending()
                    count = len(block.rows)
                    numbers = range(block.number, block.number + count)
                    end = Position(ordinal, numbers.stop)
                    names = [str(path)] * count
                    yield Batch(names, numbers, block.rows, end, reached, block.together)
                    continue
                for offset, row in enumerate(block.rows):
                    pending.add(path, ordinal, block.number + offset, row, reached)
                    if len(pending.rows) == size or pending.bytes >= MOST_BYTES:
                        yield pending.batch()
                        pending = _Pending()
        done += length
    if pending.rows:
        yield pending.batch()


def _blocks(path: Path, read: Read, first: int) -> Iterator[Block]:
    """Yield the blocks of a file; if it cannot be read, that is the last one's only row."""
    try:
        yield from read(path, first)
    except StartupError:  # no file of this kind can be read
        raise
    except ServiceError as error:
        yield Block(-1, [error])
    except OSError as error:
        yield Block(-1, [ServiceError(f"The file cannot be read: {error.strerror or error}.")])


@dataclass
class _Pending:
    """Instances of one file or several that wait for their batch to be full."""

    files: list[str] = field(default_factory=list)
    numbers: list[int | None] = field(default_factory=list)
    rows: list[object] = field(default_factory=list)
    bytes: int = 0
    end: Position = START
    read: int = 0

    def add(self, path: Path, ordinal: int, number: int, row: object, read: int) -> None:
        whole = number < 0  # the file is at fault, not one of its instances
        self.files.append(str(path))
        self.numbers.append(None if whole else number)
        self.rows.append(row)
        self.bytes += len(row) if isinstance(row, bytes | str) else 0
        self.end = Position(ordinal + 1) if whole else Position(ordinal, number + 1)
        self.read = read

    def batch(self) -> Batch:
        return Batch(self.files, self.numbers, self.rows, self.end, self.read)
