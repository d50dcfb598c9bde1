"""Heads that no HTTP client would send, each with the answers that its connection gets.

An answer is "200", a status with the code of our error, or `REFUSED` where Granian answers itself.
"""

from typing import NamedTuple

from .requests import REFUSED


class Raw(NamedTuple):
    """What a client sends on one connection, and the answers; if it `stops`, it says so."""

    sent: bytes
    answers: tuple[str, ...] = (REFUSED,)
    stops: bool = False


def request(*lines: bytes, body: bytes = b"") -> bytes:
    """Return a request whose head has these lines."""
    return b"\r\n".join((*lines, b"", body))


def get(*fields: bytes, line: bytes = b"GET /healthz HTTP/1.1") -> bytes:
    """Return a GET that is the last request of its connection."""
    return request(line, b"Host: service", b"Connection: close", *fields)


LAST = get()
CUT = {
    "nothing": b"",
    "empty lines": b"\r\n\r\n",
    "half a line": b"GET /hea",
    "half a head": LAST[:30],
    "a head without its end": LAST[:-2],
}
MALFORMED = {
    "words": b"hello\r\n\r\n",
    "NUL": bytes(100),
    "TLS": b"\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03" + bytes(200),
    "HTTP/0.9": b"GET /healthz\r\n\r\n",
    "HTTP/3": get(line=b"GET /healthz HTTP/3.0"),
    "HTTP/9.9": get(line=b"GET /healthz HTTP/9.9"),
    "protocol in small letters": get(line=b"GET /healthz http/1.1"),
    "two spaces": get(line=b"GET  /healthz HTTP/1.1"),
    "tabs": get(line=b"GET\t/healthz\tHTTP/1.1"),
    "no protocol": get(line=b"GET /healthz "),
    "no method": get(line=b"/healthz HTTP/1.1"),
    "odd method": get(line=b"G(T /healthz HTTP/1.1"),
    "NUL in the path": get(line=b"GET /healthz\0 HTTP/1.1"),
    "control character in the path": get(line=b"GET /\x01 HTTP/1.1"),
    "path that is not UTF-8": get(line=b"GET /\xff HTTP/1.1"),
    "CR alone": LAST.replace(b"\r\n", b"\r"),
    "NUL in a field": get(b"X-A: a\0b"),
    "CR in a field": get(b"X-A: a\rX-B: b"),
    "DEL in a field": get(b"X-A: \x7f"),
    "folded field": get(b"X-A: a\r\n b"),
    "field without a colon": get(b"X-A a"),
    "space before the colon": get(b"X-A : a"),
    "field without a name": get(b": a"),
    "odd name": get(b"X(A: a"),
    "name that is not ASCII": get("X-É: a".encode()),
    "path of 70 kB": get(line=b"GET /" + 70_000 * b"a" + b" HTTP/1.1"),
    "path of a megabyte": get(line=b"GET /" + 2**20 * b"a" + b" HTTP/1.1"),
    "name of 70 kB": get(70_000 * b"X" + b": a"),
    "field of a megabyte": get(b"X-A: " + 2**20 * b"a"),
    "5000 fields": get(*(b"X-%d: a" % number for number in range(5000))),
}
NOWHERE = {
    "path of 20 kB": b"GET /" + 20_000 * b"a" + b" HTTP/1.1",
    "NUL that is encoded": b"GET /healthz%00 HTTP/1.1",
    "bytes that are no UTF-8, encoded": b"GET /%ff%fe HTTP/1.1",
    "encoding that is none": b"GET /%zz HTTP/1.1",
    "a head in the path": b"GET /a%0d%0aX-A:%20b HTTP/1.1",
    "a path without its slash": b"GET healthz HTTP/1.1",
    "an asterisk": b"OPTIONS * HTTP/1.1",
    "a tunnel": b"CONNECT 169.254.169.254:80 HTTP/1.1",
}
# Odd, but what is asked can be told: it is answered. Nothing of it reaches the model or a file.
SOUND = {
    "HTTP/1.0": get(line=b"GET /healthz HTTP/1.0"),
    "LF alone": LAST.replace(b"\r\n", b"\n"),
    "whole address": get(line=b"GET http://169.254.169.254/healthz HTTP/1.1"),
    "no host": request(b"GET /healthz HTTP/1.1", b"Connection: close"),
    "two hosts": get(b"Host: another"),
    "query of 20 kB": get(line=b"GET /healthz?" + 20_000 * b"a" + b" HTTP/1.1"),
    "field of 20 kB": get(b"X-A: " + 20_000 * b"a"),
    "field that is not ASCII": get(b"X-A: \xe9\xff"),
    "another protocol": get(b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQAAP__"),
}
UNKNOWN = get(line=b"BREW /healthz HTTP/1.1")
HEADS = (
    {f"cut: {name}": Raw(sent, (), stops=True) for name, sent in CUT.items()}
    | {f"malformed: {name}": Raw(sent) for name, sent in MALFORMED.items()}
    | {f"nowhere: {n}": Raw(get(line=line), ("404 not_found",)) for n, line in NOWHERE.items()}
    | {f"sound: {name}": Raw(sent, ("200",)) for name, sent in SOUND.items()}
    | {"unknown method": Raw(UNKNOWN, ("405 method_not_allowed",))}
)
