"""Bodies whose length is wrong, disputed or broken, each with the answers of its connection."""

from .raw import LAST, Raw, get, request
from .requests import REFUSED

BODY = b'{"instances": []}'
LENGTH = b"Content-Length: %d" % len(BODY)
CHUNKED = b"Transfer-Encoding: chunked"
END = b"0\r\n\r\n"
INVALID = "400 invalid_request"
TOO_LARGE = "413 body_too_large"
SMUGGLED = get(line=b"GET /smuggled HTTP/1.1")


def post(*fields: bytes, body: bytes = BODY, line: bytes = b"POST /predict HTTP/1.1") -> bytes:
    """Return a prediction request, after which the connection stays open."""
    return request(line, b"Host: service", b"Content-Type: application/json", *fields, body=body)


def length(value: bytes) -> bytes:
    """Return a request whose body is said to have this length."""
    return post(b"Content-Length: " + value)


def chunk(data: bytes = BODY, size: bytes | None = None, after: bytes = b"\r\n") -> bytes:
    """Return one chunk; it may lie about its size."""
    return (b"%x" % len(data) if size is None else size) + b"\r\n" + data + after


def chunked(body: bytes, coding: bytes = CHUNKED) -> bytes:
    """Return a request whose body comes in chunks."""
    return post(coding, body=body)


NO_LENGTH = [
    *(b"-1", b"+17", b"1_7", b"0x11", b"", b"abc", b"17, 17", b"17 17", b"17.0", b"1e1"),
    *("١٧".encode(), b"%d" % 2**64, b"%d" % (2**64 + 17), 40 * b"9", b"17\r\nContent-Length: 18"),
]
LENGTHS = {
    # What is longer than it says is the next request, and none that can be read.
    "none": Raw(post(), (INVALID, REFUSED)),
    "of nothing": Raw(length(b"0"), (INVALID, REFUSED)),
    "by another name": Raw(post(b"Content_Length: 17"), (INVALID, REFUSED)),
    "too small": Raw(length(b"5"), (INVALID, REFUSED)),
    "too large": Raw(length(b"18"), (INVALID,), stops=True),
    "over the limit": Raw(length(b"99999999"), (TOO_LARGE,)),
    "of 63 bits": Raw(length(b"%d" % 2**63), (TOO_LARGE,)),
    "zeros before it": Raw(length(b"0017") + LAST, ("200", "200")),
    "twice the same": Raw(post(LENGTH, LENGTH) + LAST, ("200", "200")),
}
NO_CODING = {
    "identity": b"identity",
    "chunked below gzip": b"chunked, gzip",
    "chunked, then identity": b"chunked\r\nTransfer-Encoding: identity",
    "unknown": b"xchunked",
    "quoted": b'"chunked"',
    "with a parameter": b"chunked;a=b",
    "after a control character": b"\x0bchunked",
    "with NUL": b"chunked\0",
    "folded": b"\r\n chunked",
    "empty": b"",
    "unknown, with a length": b"xchunked\r\n" + LENGTH,
}
OTHER_CODING = {
    "gzip below chunked": b"gzip, chunked",
    "chunked twice": b"chunked, chunked",
    "chunked twice, in two fields": b"chunked\r\nTransfer-Encoding: chunked",
    "identity, then chunked": b"identity\r\nTransfer-Encoding: chunked",
}
NO_CHUNKS = {
    "no number": b"zz",
    "negative": b"-1",
    "plus": b"+11",
    "prefix": b"0x11",
    "nothing": b"",
    "space before it": b" 11",
    "65 bits": b"10000000000000000",
    "65 bits, then right": b"10000000000000011",
    "LF in its extension": b"11;\n",
    "extension of 100 kB": b"11;" + 100_000 * b"a",
}
CHUNKS = {
    "too small": Raw(chunked(chunk(size=b"5") + END), (INVALID,)),
    "of 64 bits": Raw(chunked(chunk(size=16 * b"f") + END), (INVALID,), stops=True),
    "cut": Raw(chunked(chunk()[:-5]), (INVALID,), stops=True),
    "no chunk": Raw(chunked(END) + LAST, (INVALID, "200")),
    "LF alone": Raw(chunked(b"11\n" + BODY + b"\n0\n\n"), (INVALID,)),
    "of one byte": Raw(
        chunked(b"".join(chunk(BODY[i : i + 1]) for i in range(len(BODY))) + END) + LAST,
        ("200", "200"),
    ),
    "zeros before the size": Raw(chunked(chunk(size=b"00011") + END) + LAST, ("200", "200")),
    "extension": Raw(chunked(chunk(size=b"11;a=b") + END) + LAST, ("200", "200")),
    "trailer": Raw(chunked(chunk() + b"0\r\nContent-Length: 5\r\n\r\n") + LAST, ("200", "200")),
    # Granian does not tell the application that the end is missing. A body that is whole JSON
    # without it has nothing to lose; all others are refused as JSON, as an image, as multipart.
    "whole, without an end": Raw(chunked(chunk()), ("200",), stops=True),
    "whole, of a size too large": Raw(chunked(chunk(size=b"12") + END), ("200",)),
    "whole, with a broken end": Raw(chunked(chunk(after=b"") + END), ("200",)),
    "whole, with endless trailers": Raw(
        chunked(chunk() + b"0\r\n" + 200_000 * b"X-A: a\r\n" + b"\r\n"), ("200",)
    ),
}
# Each holds a second request where its length ends if it is read by the other rule.
DISPUTED = {
    "chunks win over a length": Raw(post(LENGTH, CHUNKED, body=chunk() + END), ("200",)),
    "no chunks in spite of it": Raw(post(LENGTH, CHUNKED), (INVALID,)),
    "behind the last chunk": Raw(
        post(b"Content-Length: %d" % len(END + SMUGGLED), CHUNKED, body=END + SMUGGLED), (INVALID,)
    ),
    "in a chunk": Raw(post(b"Content-Length: 4", CHUNKED, body=chunk(SMUGGLED) + END), (INVALID,)),
    "behind what is not read": Raw(length(b"99999999") + SMUGGLED, (TOO_LARGE,)),
    "behind what is malformed": Raw(b"nothing\r\n\r\n" + SMUGGLED),
}
HIDDEN = b"Content-Length: %d" % len(SMUGGLED)
BEFORE_IT = {
    "prediction": (post(HIDDEN, body=b""), INVALID),
    "coded": (post(HIDDEN, b"Content-Encoding: gzip", body=b""), "415 unsupported_media_type"),
    "nowhere": (post(HIDDEN, line=b"POST /nowhere HTTP/1.1", body=b""), "404 not_found"),
    "wrong method": (
        post(HIDDEN, line=b"PUT /predict HTTP/1.1", body=b""),
        "405 method_not_allowed",
    ),
    "GET": (post(HIDDEN, line=b"GET /healthz HTTP/1.1", body=b""), "200"),
}
EXPECTED = {
    "100-continue": Raw(post(b"Expect: 100-continue", LENGTH) + LAST, ("100", "200", "200")),
    "twice": Raw(post(*2 * [b"Expect: 100-continue"], LENGTH) + LAST, ("100", "200", "200")),
    "something else": Raw(post(b"Expect: the unexpected", LENGTH) + LAST, ("200", "200")),
    "over the limit": Raw(post(b"Expect: 100-continue", b"Content-Length: 99999999"), (TOO_LARGE,)),
}
BODIES = (
    {f"no length: {value[:20]!r}": Raw(length(value)) for value in NO_LENGTH}
    | {f"length: {name}": raw for name, raw in LENGTHS.items()}
    | {
        f"coding: {name}": Raw(chunked(chunk() + END, b"Transfer-Encoding: " + coding))
        for name, coding in NO_CODING.items()
    }
    | {
        f"coding: {name}": Raw(
            chunked(chunk() + END, b"Transfer-Encoding: " + coding) + LAST, (INVALID, "200")
        )
        for name, coding in OTHER_CODING.items()
    }
    | {f"size: {n}": Raw(chunked(chunk(size=s) + END), (INVALID,)) for n, s in NO_CHUNKS.items()}
    | {f"chunk: {name}": raw for name, raw in CHUNKS.items()}
    | {f"disputed: {name}": raw for name, raw in DISPUTED.items()}
    | {
        f"in the body: {name}": Raw(head + SMUGGLED + LAST, (answer, "200"))
        for name, (head, answer) in BEFORE_IT.items()
    }
    | {f"expected: {name}": raw for name, raw in EXPECTED.items()}
)
