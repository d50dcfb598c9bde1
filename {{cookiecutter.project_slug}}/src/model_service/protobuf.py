"""Reads the wire format of protocol buffers, for what must be told of a file without its runtime.

See https://protobuf.dev/programming-guides/encoding.
"""

import mmap
from collections.abc import Iterator
from pathlib import Path

VARINT, LENGTH = 0, 2
FIXED = {1: 8, 5: 4}  # bytes, by type
LONGEST_VARINT = 10


def message_in(file: Path) -> memoryview:
    """Return the bytes of a file, mapped; raises OSError, or ValueError if it is empty."""
    with file.open("rb") as opened:
        return memoryview(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ))


def fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yield the number of each field in turn with its value: an integer, or bytes.

    Raises ValueError where the bytes are no message, or one that is cut.
    """
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, at = _varint(message, at)
            yield number, value
            continue
        if kind == LENGTH:
            size, at = _varint(message, at)
        elif kind in FIXED:
            size = FIXED[kind]
        else:
            raise ValueError(f"there is no field of type {kind}")
        if size > len(message) - at:
            raise ValueError("the message is cut")
        yield number, message[at : at + size]
        at += size


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """Return the integer that begins at a byte, seven bits in each, and where the next begins."""
    value = 0
    for index, byte in enumerate(message[at : at + LONGEST_VARINT]):
        value |= (byte & 0x7F) << 7 * index
        if byte < 0x80:
            return value, at + index + 1
    raise ValueError("the message is cut")
