"""Keys from the settings and from a file: what is not usable is told at start, and never shown."""

from pathlib import Path

import pytest

from model_service.errors import InvalidSettings
from model_service.keys import read_keys
from model_service.settings import Settings

OLD, NEW = "0123456789abcdef", "fedcba9876543210"


def test_keys_of_a_file_count_too(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"\n  {OLD}\n\n")
    assert read_keys(Settings(api_keys=NEW, api_keys_file=str(file))) == [
        NEW.encode(),
        OLD.encode(),
    ]


@pytest.mark.parametrize(
    "content", [None, b"", b"\n \n", b"short\n", b"\xff\xfe", "schl\u00fcssel".encode() * 9]
)
def test_a_file_that_brings_no_key_lets_nobody_in(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "keys"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InvalidSettings, match="SERVICE_API_KEYS"):
        read_keys(Settings(api_keys_file=str(file)))


@pytest.mark.parametrize("keys", [",", f"{OLD},", "secret", f"{OLD} {OLD}\t"])
def test_an_unusable_key_is_told_and_not_shown(keys: str) -> None:
    with pytest.raises(InvalidSettings) as refusal:
        read_keys(Settings(api_keys=keys))
    assert OLD not in str(refusal.value)
    assert "secret" not in str(refusal.value)
