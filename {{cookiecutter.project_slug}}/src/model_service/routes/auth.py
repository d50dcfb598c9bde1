"""Letting in only who sends a key, if the settings hold any."""

import hmac
import re
from pathlib import Path

from flask import Flask, Request, request

from ..errors import InvalidSettings, Unauthorized
from ..settings import Settings

# A probe has no key. A page asks its reader for one, and holds nothing of the model itself.
OPEN = frozenset(
    {"health.healthz", "health.readyz", "v2.live", "v2.ready"}
    | {"page.index", "page.docs", "page.asset"}
)
HEADER = "X-API-Key"
KEY = re.compile(r"[!-~]{16,}")  # what is shorter can be guessed


def require_key(app: Flask, settings: Settings) -> None:
    """Answer 401 to every request without a valid key, but those of probes and for pages.

    Several keys may be valid at once, so that one can be replaced. Raises InvalidSettings.
    """
    keys = read_keys(settings)
    if not keys:
        return

    @app.before_request
    def check() -> None:
        # Every key is compared, and each in constant time: how long it takes tells nothing.
        given = _key_of(request).encode()
        matches = [hmac.compare_digest(given, key) for key in keys]
        if request.endpoint not in OPEN and not any(matches):
            raise Unauthorized(
                f"Send a valid key, as `Authorization: Bearer <key>` or `{HEADER}: <key>`."
            )


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


def _key_of(request: Request) -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else request.headers.get(HEADER, "")
