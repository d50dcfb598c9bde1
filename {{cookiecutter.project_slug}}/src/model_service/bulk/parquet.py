"""Parquet files, by pyarrow: rows are read, and predictions written, a part at a time."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from ..arrays import Array
from ..errors import InvalidRequest, JobRefused
from .batches import Block
from .tables import Columns, Fields, Rows

try:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq
except ImportError:
    raise JobRefused("Parquet needs pyarrow: install this project with [parquet].") from None

GROUP_ROWS = 65_536


def read_parquet(path: Path, first: int, size: int, fields: Fields) -> Iterator[Block]:
    """Yield the rows of a Parquet file; one of its row groups at a time is in memory.

    Raises InvalidRequest if it cannot be read, or a column is missing.
    """
    try:
        with pq.ParquetFile(path) as file:
            columns = fields.pick(file.schema_arrow.names)
            names = [file.schema_arrow.names[place] for place in columns.places]
            start, whole = 0, max(1, file.metadata.num_rows)
            for group in range(file.num_row_groups):
                stop = start + file.metadata.row_group(group).num_rows
                if stop <= first:
                    start = stop
                    continue
                for part in file.iter_batches(size, row_groups=[group], columns=names):
                    ends = start + part.num_rows
                    if ends > first:
                        rest = part.slice(max(0, first - start))
                        yield _block(ends - rest.num_rows, rest, columns, ends / whole)
                    start = ends
    except (pa.ArrowException, OSError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise InvalidRequest(f"The Parquet file cannot be read: {reason}.") from None


def _block(number: int, part: Any, columns: Columns, share: float) -> Block:
    taken = part.columns
    rows = Rows(columns, part.num_rows, lambda row: [column[row].as_py() for column in taken])
    arrays = [array for column in taken if (array := _array(column)) is not None]
    if len(arrays) < len(taken) or any(columns.texts):
        return Block(number, list(rows), share)
    return Block(number, rows, share, columns.together(arrays))


def _array(column: Any) -> Array | None:
    """Return a column of numbers, or of equally long lists of numbers, as an array."""
    if column.null_count or not len(column):
        return None
    if pa.types.is_list(column.type) or pa.types.is_fixed_size_list(column.type):
        lengths = pc.min_max(pc.list_value_length(column)).as_py()
        inner = _array(column.flatten())
        if inner is None or lengths["min"] != lengths["max"]:
            return None
        return inner.reshape(len(column), lengths["min"], *inner.shape[1:])
    array: Array = column.to_numpy(zero_copy_only=False)
    return array if array.dtype.kind in "fiu" else None


def write_parquet(lines: Path, target: Path) -> None:
    """Write predictions, a JSON line each, as Parquet, a row group at a time.

    Raises JobRefused if they have no common type.
    """
    with lines.open("rb") as file:
        schema, writer = None, None
        try:
            while rows := [msgspec.json.decode(line) for line in islice(file, GROUP_ROWS)]:
                table = pa.Table.from_pylist(rows, schema)
                schema = table.schema
                writer = writer or pq.ParquetWriter(target, schema)
                writer.write_table(table)
        except pa.ArrowException as error:
            raise JobRefused(
                f"The predictions fit no table ({error}); they are in {lines}, a JSON line each."
            ) from None
        finally:
            if writer:
                writer.close()
    if writer is None:
        empty = pa.schema([("file", pa.string()), ("instance", pa.int64())])
        pq.write_table(empty.empty_table(), target)
