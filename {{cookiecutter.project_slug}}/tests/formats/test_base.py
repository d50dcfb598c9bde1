"""What all readers share: archives that would fill the memory, and lines for people."""

import io
import zipfile
from pathlib import Path

import pytest

from model_service.errors import ImportRefused
from model_service.formats.base import (
    LONGEST_NOTE,
    MOST_NOTES,
    SMALL,
    notes_of,
    refuse_bomb,
)


def archive(compression: int, content: bytes) -> bytes:
    """Return a zip file of one part."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as parts:
        parts.writestr("part", content)
    return file.getvalue()


def test_archives_and_other_files_pass(tmp_path: Path) -> None:
    file = tmp_path / "model.pt"
    for content in (
        b"",
        b"no archive",
        archive(zipfile.ZIP_STORED, bytes(1000)),
        archive(zipfile.ZIP_DEFLATED, bytes(SMALL)),
    ):
        file.write_bytes(content)
        refuse_bomb(file)


def test_an_archive_that_inflates_to_many_times_itself_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "model.pt"
    file.write_bytes(archive(zipfile.ZIP_DEFLATED, bytes(SMALL + 1)))
    with pytest.raises(ImportRefused, match=r"model\.pt says that it inflates to 16777217 bytes"):
        refuse_bomb(file)


def test_a_header_that_lies_about_the_size_is_believed_and_refused(tmp_path: Path) -> None:
    file = tmp_path / "model.pt"
    content = bytearray(archive(zipfile.ZIP_STORED, b"x"))
    directory = content.index(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = (2**31).to_bytes(4, "little")  # its size, inflated
    file.write_bytes(content)
    with pytest.raises(ImportRefused, match="inflates to 2147483648 bytes"):
        refuse_bomb(file)


def test_a_damaged_archive_is_named(tmp_path: Path) -> None:
    file = tmp_path / "model.pt"
    content = archive(zipfile.ZIP_STORED, b"x")
    file.write_bytes(content.replace(b"PK\x01\x02", b"PK\x09\x09"))
    with pytest.raises(ImportRefused, match=r"model\.pt is a damaged archive"):
        refuse_bomb(file)


def test_notes_are_short_lines_of_printable_text() -> None:
    facts = {
        "epoch": 3,
        "accuracy": 0.5,
        "arch": "resnet18",
        "lines": "a\nb",
        "bell": "\x07",
        "long": "x" * LONGEST_NOTE,
        "list": [1],
        "nothing": None,
    }
    assert notes_of(facts) == ("epoch: 3", "accuracy: 0.5", "arch: resnet18")
    assert len(notes_of(dict.fromkeys(range(99), 1))) == MOST_NOTES
