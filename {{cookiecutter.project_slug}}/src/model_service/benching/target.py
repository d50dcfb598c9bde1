"""The service that is measured: where it is, and how a request to it looks on the wire."""

import http.client
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlsplit

from ..errors import StartupError
from ..routes.auth import HEADER
from ..routes.documented import JSON

LIMIT_S = 60  # for one answer
NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Request(NamedTuple):
    """A request to be sent with POST."""

    path: str
    body: bytes
    headers: Mapping[str, str] = NO_HEADERS


@dataclass(frozen=True)
class Target:
    """A service by its address; `prefix` stands before the paths of its routes."""

    host: str
    port: int
    tls: bool
    prefix: str
    key: str

    @classmethod
    def at(cls, url: str, key: str = "") -> "Target":
        """Return the service at a URL; a key is sent if one is given. Raises StartupError."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise StartupError(
                f"{url!r} is not the address of a service: write it as http://127.0.0.1:8000."
            )
        tls = parts.scheme == "https"
        port = port or (443 if tls else 80)
        return cls(parts.hostname, port, tls, parts.path.rstrip("/"), key)

    def ask(self, method: str, path: str, request: Request | None = None) -> tuple[int, bytes]:
        """Return the status and the body of an answer; raises OSError or HTTPException."""
        kind = http.client.HTTPSConnection if self.tls else http.client.HTTPConnection
        body = request.body if request else None
        with closing(kind(self.host, self.port, timeout=LIMIT_S)) as connection:
            headers = self._headers(request.headers if request else NO_HEADERS)
            connection.request(method, self.prefix + path, body, headers)
            response = connection.getresponse()
            return response.status, response.read()

    def on_the_wire(self, request: Request) -> bytes:
        """Return all bytes of a request."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        headers = {
            "Host": f"{host}:{self.port}",
            "Content-Length": str(len(request.body)),
            **self._headers(request.headers),
        }
        lines = [f"POST {self.prefix}{request.path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + request.body

    def _headers(self, own: Mapping[str, str]) -> dict[str, str]:
        return {"Content-Type": JSON, **({HEADER: self.key} if self.key else {}), **own}
