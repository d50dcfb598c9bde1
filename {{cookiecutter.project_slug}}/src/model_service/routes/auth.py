"""Letting in only who sends a key, if the settings hold any."""

import hmac
from collections.abc import Callable

from ..errors import Unauthorized
from ..keys import read_keys
from ..settings import Settings
from ..wsgi import Environ

# A probe has no key. A page asks its reader for one, and holds nothing of the model itself.
OPEN = frozenset(
    {"health.healthz", "health.readyz", "v2.live", "v2.ready"}
    | {"page.index", "page.docs", "page.asset"}
)
HEADER = "X-API-Key"


def key_check(settings: Settings) -> Callable[[Environ, str], Unauthorized | None]:
    """Return what tells why a request to a view is refused; None: it is not.

    Views for probes and of pages need no key, others a valid one. Several may be valid at once, so
    that one can be replaced. Raises InvalidSettings.
    """
    keys = read_keys(settings)

    def check(environ: Environ, endpoint: str) -> Unauthorized | None:
        if not keys or endpoint in OPEN:
            return None
        # Every key is compared, and each in constant time: how long it takes tells nothing.
        given = _key_of(environ).encode()
        matches = [hmac.compare_digest(given, key) for key in keys]
        if any(matches):
            return None
        return Unauthorized(
            f"Send a valid key, as `Authorization: Bearer <key>` or `{HEADER}: <key>`."
        )

    return check


def _key_of(environ: Environ) -> str:
    kind, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    given: str = token.strip() if kind.lower() == "bearer" else environ.get("HTTP_X_API_KEY", "")
    return given
