"""Sound requests with what may stand in one, or be left out."""

import gzip
import json
import zlib
from dataclasses import replace

import numpy as np

from ..hostile.corpus import Case
from .infer import IN_BYTES, INFER, MODEL, TEXTS, WAYS, output, post
from .signatures import MAX_BATCH_SIZE, VERSION
from .tensors import HEADER, as_json, body_of, to_bytes

ROWS = np.arange(12, dtype=np.float32).reshape(2, 2, 3) / 7
LONG = np.arange(6 * MAX_BATCH_SIZE, dtype=np.float32).reshape(-1, 2, 3) % 10
PLAIN = {"in_fp32": as_json("in_fp32", ROWS)}
NAN = np.array([[[np.nan, np.inf, -np.inf], [0, 1, 2]]], np.float32)
NUMBER_FORMS = b"[1, -0.0, 1e2, 1E-2, 100000000000000000000, 0.1]"
NAME_LAST = b'{"inputs": [{"data": %s, "datatype": "FP32", "shape": [1, 2, 3], "name": "in_fp32"}]}'


def options() -> dict[str, Case]:
    """Return requests with the fields and parameters of the protocol."""
    named = output("out_fp32")
    as_text = output("out_fp32", binary_data=False)
    length = {HEADER: str(len(body_of(PLAIN)[0]))}
    cases = {
        "nothing": post(PLAIN),
        "id": post(PLAIN, id="one-2-\u00fc"),
        "id of nothing": post(PLAIN, id=""),
        "id with bytes": post({"in_fp32": ROWS}, id="one", parameters=IN_BYTES),
        "no parameters": post(PLAIN, parameters={}),
        "free parameters": post(PLAIN, parameters={"a": "b", "c": 1, "d": True}),
        "priority": post(PLAIN, parameters={"priority": 1}),
        "a minute": post(PLAIN, parameters={"timeout": 60_000_000}),
        "outputs that name none": post(PLAIN, outputs=[]),
        "an output without parameters": post(PLAIN, outputs=[{"name": "out_fp32"}]),
        "all outputs as bytes": post(PLAIN, parameters=IN_BYTES),
        "all as bytes, one not": post(PLAIN, parameters=IN_BYTES, outputs=[as_text]),
        "all as bytes, one named": post(PLAIN, parameters=IN_BYTES, outputs=[named]),
        "version": replace(post(PLAIN), path=f"{MODEL}/versions/{VERSION}/infer"),
        "type of JSON": replace(post(PLAIN), content_type="application/json"),
        "type of bytes": replace(post({"in_fp32": ROWS}), content_type="application/octet-stream"),
        "JSON and its length": post(PLAIN, length),
        "no rows, bytes": post({"in_fp32": ROWS[:0]}, parameters=IN_BYTES),
        "no rows, JSON": post({"in_fp32": as_json("in_fp32", ROWS[:0])}),
    }
    return {f"option: {name}": case for name, case in cases.items()}


def forms() -> dict[str, Case]:
    """Return requests that write the same in another way, and bytes without any JSON."""
    plain = NAME_LAST % NUMBER_FORMS
    spaced = json.dumps({"inputs": list(PLAIN.values())}, indent=2).encode()
    raw = {HEADER: "0"}
    return {
        "number: many forms": Case(plain, None, path=INFER),
        "number: NaN and infinity, bytes to bytes": post({"in_fp32": NAN}, parameters=IN_BYTES),
        "number: NaN and infinity, bytes to JSON": post({"in_fp32": NAN}),
        "JSON: white space": Case(spaced, None, path=INFER),
        "JSON: escapes": Case(plain.replace(b"data", rb"d\u0061ta"), None, path=INFER),
        "raw: a row": Case(to_bytes(ROWS[:1]), None, path=INFER, headers=raw),
        "raw: two rows": Case(to_bytes(ROWS), None, path=INFER, headers=raw),
    }


def codings() -> dict[str, Case]:
    """Return requests that are compressed, or ask for it."""
    cases = {}
    for coding in ("gzip", "deflate"):
        compress = gzip.compress if coding == "gzip" else zlib.compress
        for way, given in {"JSON": as_json("in_fp32", LONG), "bytes": LONG}.items():
            sent = post({"in_fp32": given}, {"Content-Encoding": coding}, parameters=IN_BYTES)
            cases[f"coding: {way} in {coding}"] = replace(sent, body=compress(sent.body))
        accept = {"Accept-Encoding": coding}
        sent = post({"in_fp32": LONG}, accept, parameters=IN_BYTES)
        cases[f"coding: bytes back in {coding}"] = sent
        cases[f"coding: JSON back in {coding}"] = post({"in_fp32": LONG}, accept)
    for title, accepted in {
        "either": "gzip, deflate",
        "the other if need be": "deflate, gzip;q=0.5",
        "none": "identity",
        "anything": "*",
    }.items():
        cases[f"coding: back in {title}"] = post({"in_fp32": LONG}, {"Accept-Encoding": accepted})
    return cases


def classes() -> dict[str, Case]:
    """Return requests for the best classes."""
    cases = {}
    for count in (1, 3, 6, 100):
        for binary, way in WAYS.items():
            asked = output("out_fp32", classification=count, binary_data=binary)
            cases[f"classes: {count}, as {way}"] = post({"in_fp32": ROWS}, outputs=[asked])
    return cases


def told() -> dict[str, Case]:
    """Return what is asked with GET."""
    paths = {
        "live": "/v2/health/live",
        "ready": "/v2/health/ready",
        "model ready": f"{MODEL}/ready",
        "version ready": f"{MODEL}/versions/{VERSION}/ready",
        "server": "/v2",
        "model": MODEL,
        "version": f"{MODEL}/versions/{VERSION}",
    }
    return {f"GET: {name}": Case(b"", None, "GET", path) for name, path in paths.items()}


def texts() -> dict[str, Case]:
    """Return requests with text, and with bytes that are none."""
    array = np.array([[text] for text in TEXTS], object)
    binary = post({"in_bytes": np.array([["ab"]], object)}, parameters=IN_BYTES)
    no_text = replace(binary, body=binary.body.removesuffix(b"ab") + b"\xff\xfe")
    return {
        "text: some, bytes to bytes": post({"in_bytes": array}, parameters=IN_BYTES),
        "text: some, bytes to JSON": post({"in_bytes": array}),
        "text: some, JSON to JSON": post({"in_bytes": as_json("in_bytes", array)}),
        "text: long": post({"in_bytes": np.array([["\u00e9" * 100_000]], object)}),
        "text: bytes that are no UTF-8": no_text,
        "raw: a text": Case("na\u00efve".encode(), None, path=INFER, headers={HEADER: "0"}),
    }
