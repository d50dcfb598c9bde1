"""`make bench BENCH=differential`: how two answers are compared, and what the service answers."""

import json
from functools import partial
from http.client import HTTPMessage
from pathlib import Path

import numpy as np
import pytest

from benchmarks.differential import known, report, servers
from benchmarks.differential.compare import differences, what_is_said
from benchmarks.differential.exchange import Exchange, Reply, ask_all
from benchmarks.differential.infer import TEXTS
from benchmarks.differential.invalid import Answered, answered, invalid
from benchmarks.differential.page import page
from benchmarks.differential.results import (
    Invalid,
    Results,
    Valid,
    judge_invalid,
    judge_valid,
)
from benchmarks.differential.signatures import DATATYPES, NUMBERS, TEXT
from benchmarks.differential.tensors import HEADER, body_of, from_bytes, from_json, to_bytes
from benchmarks.differential.valid import valid
from benchmarks.differential.valid_options import ROWS, options, texts
from benchmarks.differential.valid_tensors import values
from benchmarks.hostile.contestants import render


def said(body: bytes, status: int = 200, json_bytes: int | None = None) -> Exchange:
    """Return what became of a request that was answered so."""
    headers = HTTPMessage()
    if json_bytes is not None:
        headers[HEADER] = str(json_bytes)
    return Exchange(Reply(status, headers, body), lives=True)


def inference(outputs: str, **fields: str) -> Exchange:
    """Return an answer to an inference."""
    return said(
        json.dumps({"model_name": "echo", **fields, "outputs": json.loads(outputs)}).encode()
    )


ONE = '[{"name": "out_fp32", "datatype": "FP32", "shape": [1], "data": [%s]}]'
PLAIN = inference(ONE % "0.5")


@pytest.mark.parametrize(
    ("theirs", "fields"),
    [
        (inference(ONE % "0.50"), set()),
        (inference(ONE % "0.25"), {"out_fp32: values"}),
        (inference(ONE % "-0.5"), {"out_fp32: values"}),
        (inference(ONE % "0.5", id="one"), {"id"}),
        (inference((ONE % "0.5").replace("[1]", "[1, 1]")), {"out_fp32: shape"}),
        (inference("[]"), {"outputs"}),
        (said(b"{}", 500), {"status"}),
        (said(b'{"model_name": "echo", "outputs": [{}]}'), {"body"}),
        (said(b'{"model_name": NaN}'), {"body"}),
        (Exchange(None, False), {"status"}),
    ],
)
def test_what_differs_is_named(theirs: Exchange, fields: set[str]) -> None:
    assert fields <= differences(PLAIN, theirs).keys()
    assert bool(differences(PLAIN, theirs)) == bool(fields)


def test_bytes_and_json_of_the_same_tensor_differ_in_form_alone() -> None:
    text = json.dumps(
        {
            "model_name": "echo",
            "outputs": [
                {
                    "name": "out_fp32",
                    "datatype": "FP32",
                    "shape": [1],
                    "parameters": {"binary_data_size": 4},
                }
            ],
        }
    ).encode()
    packed = to_bytes(np.array([0.5], np.float32))
    binary = said(text + packed, json_bytes=len(text))
    assert differences(PLAIN, binary) == {"out_fp32: form": ("JSON", "bytes")}
    longer = said(text + packed + b"\0", json_bytes=len(text))
    assert "bytes after" in what_is_said(longer)["body"]


def test_classes_are_compared_to_six_decimals_and_by_their_labels() -> None:
    classes = '[{"name": "out_fp32", "datatype": "BYTES", "shape": [1], "data": ["%s"]}]'
    exact = inference(classes % "0.71428571:5:f")
    assert not differences(exact, inference(classes % "0.714286:5:f"))
    for other in ("0.714287:5:f", "0.714286:4:f", "0.714286:5:e", "0.714286:5"):
        assert differences(exact, inference(classes % other))


@pytest.mark.parametrize("datatype", DATATYPES.values())
def test_elements_are_the_same_however_they_are_written(datatype: str) -> None:
    array = values(datatype)
    assert from_bytes(to_bytes(array), datatype) == from_json(array.tolist(), datatype)
    assert len(from_bytes(to_bytes(array), datatype)) == array.size


def test_text_has_its_length_before_it() -> None:
    assert to_bytes(np.array(["\u00fc"], object)) == b"\2\0\0\0\xc3\xbc"
    body, headers = body_of({"in_bytes": np.array([TEXTS], object)})
    text, blob = body[: int(headers[HEADER])], body[int(headers[HEADER]) :]
    assert json.loads(text)["inputs"][0]["parameters"] == {"binary_data_size": len(blob)}
    assert from_bytes(blob, "BYTES") == TEXTS


@pytest.mark.parametrize(
    ("exchange", "how"),
    [
        (said(b'{"error": "no"}', 400), Answered.REFUSED),
        (said(b'{"error": {}}', 400), Answered.WORDLESS),
        (said(b'{"error": "\xff"}', 400), Answered.WORDLESS),
        (said(b"", 404), Answered.WORDLESS),
        (said(b'{"error": "no"}', 501), Answered.FAULT),
        (said(b"{}"), Answered.ACCEPTED),
        (Exchange(None, True), Answered.SILENT),
        (Exchange(None, False), Answered.ENDED),
    ],
)
def test_how_a_broken_request_was_answered(exchange: Exchange, how: Answered) -> None:
    assert answered(exchange) == how


def test_every_known_difference_is_of_a_request_that_is_sent() -> None:
    names = [name for _, cases in valid() for name in cases]
    assert len(names) == len(set(names))
    for one in known.KNOWN:
        assert any(known.reason_for(name, dict.fromkeys(one.fields, ("", ""))) for name in names)
    assert known.reason_for("raw: two rows", {"status": ("200", "400")})
    assert not known.reason_for("raw: two rows", {"out_fp32: values": ("1", "2")})


RESULTS = Results(
    [
        Valid("raw: a row", {}, None),
        Valid("raw: two rows", {"status": ("200", "400")}, "It takes one."),
        Valid("GET: live", {"live": ("True", "False")}, None),
    ],
    [
        Invalid("cut", Answered.REFUSED, 400, Answered.FAULT, 500),
        Invalid("a repository", Answered.REFUSED, 404, Answered.ACCEPTED, 200),
        Invalid("NaN", Answered.FAULT, 500, Answered.ENDED, None),
    ],
)


def test_what_must_not_be_is_told() -> None:
    assert RESULTS.failures == [
        "GET: live: live: the service says True, Triton False",
        "NaN: the service answered 500, 5xx",
    ]


def test_tables_and_page_tell_the_results() -> None:
    assert report.agreement(RESULTS)[1:] == [
        ("raw", "2", "1", "1", "0"),
        ("GET", "1", "0", "0", "1"),
    ]
    assert report.known(RESULTS)[1:] == [("raw: two rows", "status", "It takes one.")]
    assert ("2xx", "0", "0") in report.refusals(RESULTS)
    assert report.side_by_side(RESULTS)[1:] == [
        ("cut", "400", "500"),
        ("a repository", "404", "200 (it has one)"),
        ("NaN", "500", "the server ended"),
    ]
    assert report.terminal(report.agreement(RESULTS)).row_count == 2
    text = page(RESULTS, "2.0")
    assert "| raw: two rows | status | It takes one. |" in text
    assert "{" not in text


def test_a_repository_of_triton_has_the_model_of_a_signature(tmp_path: Path) -> None:
    NUMBERS.write_repository(tmp_path, servers.FOLDER / "model.py")
    config = (tmp_path / "echo" / "config.pbtxt").read_text()
    assert 'output { name: "out_fp32" data_type: TYPE_FP32 dims: [2, 3] label_filename' in config
    assert (tmp_path / "echo" / "3" / "model.py").is_file()
    assert (tmp_path / "echo" / "labels.txt").read_text().split() == list("abcdef")


def test_the_rendered_service_is_asked(tmp_path: Path) -> None:
    project, log = render(tmp_path), tmp_path / "log"
    sound = {name: options()[f"option: {name}"] for name in ("id", "all outputs as bytes")}
    broken = invalid(project)
    assert {"NaN", "gzip bomb", "a version of words"} <= broken.keys()
    few = {name: broken[name] for name in ("NaN", "a repository")}
    start = partial(servers.ours, project, NUMBERS, log)
    exchanges = ask_all(start, sound | few)
    plain = what_is_said(exchanges["id"])
    assert plain["id"] == "one-2-\u00fc"
    assert plain["out_fp32: values"] == from_bytes(ROWS.tobytes(), "FP32")
    asked = {name: exchanges[name] for name in sound}
    assert judge_valid(asked, asked) == [Valid(name, {}, None) for name in sound]
    assert [one.ours for one in judge_invalid(exchanges, exchanges)[-2:]] == [Answered.REFUSED] * 2
    text = {"some": texts()["text: some, bytes to JSON"]}
    exchanges = ask_all(partial(servers.ours, project, TEXT, log), text)
    assert what_is_said(exchanges["some"])["out_bytes: values"] == TEXTS
