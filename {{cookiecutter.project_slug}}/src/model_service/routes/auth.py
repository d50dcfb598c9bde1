"""Letting in only who sends a key, if the settings hold any."""

import hmac

from flask import Flask, Request, request

from ..errors import Unauthorized
from ..keys import read_keys
from ..settings import Settings

# A probe has no key. A page asks its reader for one, and holds nothing of the model itself.
OPEN = frozenset(
    {"health.healthz", "health.readyz", "v2.live", "v2.ready"}
    | {"page.index", "page.docs", "page.asset"}
)
HEADER = "X-API-Key"


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


def _key_of(request: Request) -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else request.headers.get(HEADER, "")
