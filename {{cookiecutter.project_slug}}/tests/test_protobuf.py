"""The wire format of protocol buffers is read to its end, or refused."""

from pathlib import Path

import pytest

from model_service.protobuf import fields, message_in


def read(message: bytes) -> list[tuple[int, int | bytes]]:
    """Return the fields of a message."""
    found = fields(memoryview(message))
    return [(n, value if isinstance(value, int) else bytes(value)) for n, value in found]


def test_each_kind_of_field_is_read() -> None:
    message = b"\x08\x96\x01" + b"\x12\x03abc" + b"\x1d\x01\x00\x00\x00" + b"\x21" + 8 * b"\x07"
    assert read(message) == [(1, 150), (2, b"abc"), (3, b"\x01\0\0\0"), (4, 8 * b"\x07")]


def test_a_number_of_a_field_may_have_many_digits() -> None:
    assert read(b"\xf8\xff\xff\xff\x0f\x01") == [(2**29 - 1, 1)]


@pytest.mark.parametrize(
    "message",
    [b"\x08", b"\x08\x96", b"\x12\x05abc", b"\x1d\x01", b"\x0b", b"\x0f", 11 * b"\xff"],
    ids=["no value", "cut value", "cut text", "cut number", "group", "type 7", "endless"],
)
def test_what_is_no_message_is_refused(message: bytes) -> None:
    with pytest.raises(ValueError, match="cut|no field of type"):
        read(message)


def test_a_file_is_mapped(tmp_path: Path) -> None:
    path = tmp_path / "message"
    path.write_bytes(b"\x08\x01")
    assert list(fields(message_in(path))) == [(1, 1)]
    path.write_bytes(b"")
    with pytest.raises(ValueError):
        message_in(path)
