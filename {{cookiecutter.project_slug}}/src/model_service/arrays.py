"""The names of NumPy arrays in annotations."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Arrays: TypeAlias = Mapping[str, Array]  # by the name of the input or output


def row_count(rows: Arrays) -> int:
    """Return the number of rows, the same in every array."""
    return len(next(iter(rows.values())))


def byte_count(rows: Arrays) -> int:
    """Return the bytes that the numbers of all arrays take."""
    return sum(array.nbytes for array in rows.values())
