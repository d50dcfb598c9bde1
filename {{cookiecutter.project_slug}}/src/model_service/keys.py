"""The keys that callers must have one of, from the settings and from a file."""

import re
from pathlib import Path

from .errors import InvalidSettings
from .settings import Settings

KEY = re.compile(r"[!-~]{16,}")  # what is shorter can be guessed


def read_keys(settings: Settings) -> list[bytes]:
    """Return the keys of the settings and of their file; raises InvalidSettings."""
    keys = settings.api_keys.split(",") if settings.api_keys else []
    if settings.api_keys_file:
        try:
            lines = Path(settings.api_keys_file).read_text(encoding="utf-8").splitlines()
        except (OSError, ValueError):
            raise InvalidSettings(
                f"SERVICE_API_KEYS_FILE={settings.api_keys_file!r} cannot be read: name a text file"
                " with a key a line."
            ) from None
        keys += [line for line in lines if line.strip()] or [""]  # no key must not let all in
    keys = [key.strip() for key in keys]
    if not all(map(KEY.fullmatch, keys)):
        raise InvalidSettings(
            "A key of SERVICE_API_KEYS or its file is not usable: each needs 16 printable ASCII"
            " characters or more, and no space."
        )
    return [key.encode() for key in keys]
