"""Requests that are broken or meant to break something, each with the code of its answer."""

import gzip
import zlib
from typing import NamedTuple

from model_service.npy import MAGIC
from model_service.npy import MEDIA_TYPE as NPY
from model_service.preprocessing import KIND, MEDIA_TYPES

JSON = "application/json"
DEEP = 100_000


class Hostile(NamedTuple):
    """A request to `/predict`, and the stable code of the error that answers it."""

    body: bytes
    code: str
    content_type: str | None = JSON
    method: str = "POST"
    path: str = "/predict"
    headers: dict[str, str] = {}


def npy(head: bytes, data: bytes = b"") -> bytes:
    """Return an array file with this head."""
    return MAGIC + b"\1\0" + len(head).to_bytes(2, "little") + head + data


NOT_JSON = {
    "nothing": b"",
    "space": b"  \n",
    "one brace": b"{",
    "open list": b'{"instances": [1',
    "comma at the end": b'{"instances": [1,]}',
    "two documents": b'{"instances": [1]} {"instances": [1]}',
    "single quotes": b"{'instances': [1]}",
    "comment": b'{"instances": [1]} // one',
    "form": b"instances=1",
    "words": b"predict this please",
    "HTML": b"<html><body>instances</body></html>",
    "XML": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "pickle": b"\x80\x04cos\nsystem\n(S'true'\ntR.",
    "NUL": b"\0" * 1000,
    "not UTF-8": b'{"instances": ["\xff\xfe"]}',
    "UTF-16": '{"instances": [1]}'.encode("utf-16"),
    "cut UTF-8": b'{"instances": ["\xe2\x82"]}',
    "control character": b'{"instances": ["\x01"]}',
    "bad escape": rb'{"instances": ["\x41"]}',
    "half a surrogate": rb'{"instances": ["\ud800"]}',
    "half a surrogate beside NaN": rb'{"instances": [NaN, "\uDFFF"]}',
    "deep lists": b'{"instances": ' + DEEP * b"[" + DEEP * b"]" + b"}",
    "deep lists, open": b'{"instances": ' + DEEP * b"[",
    "deep objects": DEEP * b'{"instances":',
    "literal": b'{"instances": [undefined]}',
    "hexadecimal": b'{"instances": [0x10]}',
    "leading zero": b'{"instances": [007]}',
}
NOT_A_REQUEST = {
    "null": b"null",
    "true": b"true",
    "number": b"1",
    "text": b'"instances"',
    "list": b"[[1, 2]]",
    "no key": b"{}",
    "another key": b'{"instance": [1]}',
    "key of another protocol": b'{"inputs": [1]}',
    "null instances": b'{"instances": null}',
    "one instance": b'{"instances": 1}',
    "text of instances": b'{"instances": "1"}',
    "object of instances": b'{"instances": {"0": 1}}',
    "one key too many": b'{"instances": [1], "parameters": {}}',
    "key in capitals": b'{"INSTANCES": [1]}',
}
NOT_AN_INSTANCE = {
    "null": b"null",
    "true": b"true",
    "number": b"7",
    "negative": b"-1",
    "larger than a float": b"1e999",
    "a number of 400 digits": b"9" * 400,
    "not a number": b"NaN",
    "infinity": b"-Infinity",
    "nothing": b'""',
    "word": b'"seven"',
    "path": b'"../../etc/passwd"',
    "address": b'"http://169.254.169.254/"',
    "object": b"{}",
    "unknown name": b'{"no such": 1}',
    "prototype": b'{"__proto__": {"a": 1}, "__class__": "os"}',
    "empty list": b"[]",
    "empty lists": b"[[], []]",
    "list of null": b"[null]",
    "list of words": b'["a", "b"]',
    "a long list that ends with null": b"[" + 1000 * b"0," + b"null]",
    "ragged": b"[[1], [2, 3]]",
    "a list in one dimension too many": b"[[[[[[1]]]]]]",
    "bytes that are no image": b'{"b64": "AAAA"}',
    "broken base64": b'{"b64": "%%%"}',
    "a number for bytes": b'{"b64": 1}',
    "bytes of nothing": b'{"b64": ""}',
}
MEDIA = {
    "text": "text/plain",
    "XML": "application/xml",
    "bytes": "application/octet-stream",
    "video": "video/mp4",
    "a type of three parts": "a/b/c",
    "JSON by another name": "application/jsonp",
}
MEDIA = {name: media_type for name, media_type in MEDIA.items() if media_type not in MEDIA_TYPES}
PLAIN = b'{"instances": []}'
BOMB = gzip.compress(bytes(2**25))  # 32 MB in 32 kB, in 200 bytes if compressed again
CODED = {
    "gzip": ("gzip", gzip.compress(PLAIN)),
    "gzip by its older name": ("x-gzip", gzip.compress(PLAIN)),
    "gzip, cut": ("gzip", gzip.compress(PLAIN)[:-5]),
    "gzip that is none": ("gzip", PLAIN),
    "gzip in capitals": ("GZIP", gzip.compress(PLAIN)),
    "gzip beside identity": ("identity, gzip", gzip.compress(PLAIN)),
    "gzip bomb": ("gzip", BOMB),
    "gzip bomb in a gzip": ("gzip, gzip", gzip.compress(BOMB)),
    "deflate": ("deflate", zlib.compress(PLAIN)),
    "brotli, cut": ("br", b"\x0b"),
    "zstd": ("zstd", b"\x28\xb5\x2f\xfd\x20\x00\x01\x00\x00"),
    "compress": ("compress", b"\x1f\x9d\x90"),
    "a coding that is none": ("base64", PLAIN),
    "an asterisk": ("*", PLAIN),
}
OTHER = {
    "gzip that is not told": Hostile(gzip.compress(b'{"instances": []}'), "invalid_request"),
    "no type and no JSON": Hostile(b"instances=1", "invalid_request", content_type=None),
    "GET": Hostile(b"", "method_not_allowed", method="GET"),
    "PUT": Hostile(b"{}", "method_not_allowed", method="PUT"),
    "DELETE": Hostile(b"", "method_not_allowed", method="DELETE"),
    "another path": Hostile(b"{}", "not_found", path="/predictions"),
    "path with a slash": Hostile(b"{}", "not_found", path="/predict/"),
    "path out": Hostile(b"{}", "not_found", path="/../../etc/passwd"),
    "encoded path out": Hostile(b"{}", "not_found", path="/%2e%2e/%2e%2e/etc/passwd"),
    "long path": Hostile(b"{}", "not_found", path="/" + 2000 * "a"),
    "time that is none": Hostile(
        b"{}", "invalid_request", headers={"X-Request-Timeout-Ms": "forever"}
    ),
}
V1 = {
    "of another model": Hostile(b"{}", "model_not_found", path="/v1/models/no%20such:predict"),
    "of another version": Hostile(b"", "not_found", method="GET", path="/v1/models/a/versions/"),
    "path out": Hostile(b"{}", "not_found", path="/v1/models/../../etc/passwd:predict"),
    "encoded path out": Hostile(b"{}", "model_not_found", path="/v1/models/%2e%2e:predict"),
    "encoded slash": Hostile(b"{}", "not_found", path="/v1/models/a%2fb:predict"),
    "no UTF-8": Hostile(b"{}", "model_not_found", path="/v1/models/%ff%fe:predict"),
    "NUL": Hostile(b"{}", "model_not_found", path="/v1/models/%00:predict"),
    "no name": Hostile(b"{}", "not_found", path="/v1/models/:predict"),
    "another verb": Hostile(b"{}", "not_found", path="/v1/models/a:classify"),
    "GET to predict": Hostile(b"", "method_not_allowed", method="GET", path="/v1/models/a:predict"),
    "POST for the list": Hostile(b"{}", "method_not_allowed", path="/v1/models"),
    "POST to ping": Hostile(b"{}", "method_not_allowed", path="/ping"),
    "GET for invocations": Hostile(b"", "method_not_allowed", method="GET", path="/invocations"),
}
OTHER |= {f"V1: {name}": request for name, request in V1.items()}
OTHER |= {"nothing as an array": Hostile(b"", "invalid_request", "multipart/form-data")}
if KIND == "tensor":
    HEAD = b"{'descr': '%s', 'fortran_order': False, 'shape': (%s)}"
    ARRAYS = {
        "text": b"broken",
        "magic alone": MAGIC,
        "head cut": MAGIC + b"\1\0\xff\xff{",
        "version 9": MAGIC + b"\x09\0\1\0 ",
        "brackets": npy(9900 * b"("),
        "objects": npy(HEAD % (b"|O", b"1,"), bytes(8)),
        "a petabyte": npy(HEAD % (b"<f4", b"250000000000000,"), bytes(8)),
        "negative": npy(HEAD % (b"<f4", b"-1, 2"), bytes(8)),
    }
    OTHER |= {f"array: {n}": Hostile(body, "invalid_request", NPY) for n, body in ARRAYS.items()}
if KIND == "image":
    OTHER |= {
        f"{media_type} that is none": Hostile(b"no image", "invalid_instance", media_type)
        for media_type in sorted(MEDIA_TYPES)
    }
if KIND == "text":  # a string that is not empty is sound there
    NOT_AN_INSTANCE = {
        name: body
        for name, body in NOT_AN_INSTANCE.items()
        if body == b'""' or not body.startswith(b'"')
    }
    OTHER |= {
        "half a character as bytes": Hostile(b"\xed\xa0\xbd", "invalid_instance", "text/plain"),
        "UTF-16": Hostile("text".encode("utf-16"), "invalid_instance", "text/plain"),
        "blanks": Hostile(1000 * b" \n", "invalid_instance", "text/plain"),
        "a word of a million letters": Hostile(10**6 * b"a", "invalid_instance", "text/plain"),
        "two texts in one": Hostile(
            b'{"instances": [{"text": "a", "more": "b"}]}', "invalid_instance"
        ),
    }
HOSTILE = (
    {f"no JSON: {name}": Hostile(body, "invalid_request") for name, body in NOT_JSON.items()}
    | {f"no request: {name}": Hostile(b, "invalid_request") for name, b in NOT_A_REQUEST.items()}
    | {
        f"no instance: {name}": Hostile(b'{"instances": [' + body + b"]}", "invalid_instance")
        for name, body in NOT_AN_INSTANCE.items()
    }
    | {
        f"coded: {name}": Hostile(b, "unsupported_media_type", headers={"Content-Encoding": coding})
        for name, (coding, b) in CODED.items()
    }
    | {f"type: {n}": Hostile(b"{}", "unsupported_media_type", kind) for n, kind in MEDIA.items()}
    | OTHER
)
