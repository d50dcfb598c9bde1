"""`make bench BENCH=hostile`: how replies are judged and figures told."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.hostile import broken, neighbours, overload, report
from benchmarks.hostile.corpus import Case, group, of_rows
from benchmarks.hostile.page import page
from benchmarks.hostile.replies import Reply, Verdict, is_right, verdict
from benchmarks.hostile.results import Result
from benchmarks.hostile.settings import Settings

JSON = "application/json"
REPLIES = [
    (Reply(400, JSON, b'{"error": "no"}'), Verdict.REFUSED),
    (Reply(422, "text/plain", b"no"), Verdict.REFUSED),
    (Reply(422, JSON, b'{"input": "<html>"}'), Verdict.REFUSED),
    (Reply(405, "", b""), Verdict.WORDLESS),
    (Reply(200, JSON, b'{"predictions": []}'), Verdict.ACCEPTED),
    (Reply(307, "", b""), Verdict.ACCEPTED),
    (Reply(500, JSON, b'{"error": "no"}'), Verdict.FAULT),
    (Reply(503, "", b""), Verdict.FAULT),
    (Reply(404, "text/html; charset=utf-8", b"<p>no"), Verdict.EXPOSED),
    (Reply(404, "", b"\n<!DOCTYPE html>"), Verdict.EXPOSED),
    (Reply(400, JSON, b'"Traceback (most recent call last): ..."'), Verdict.EXPOSED),
    (None, Verdict.SILENT),
]


@pytest.mark.parametrize(("reply", "expected"), REPLIES)
def test_what_was_done_with_a_broken_request(reply: Reply | None, expected: Verdict) -> None:
    assert verdict(reply) == expected


@pytest.mark.parametrize(
    ("status", "body", "right"),
    [
        (200, b'{"predictions": [[0.25, 0.75]]}', True),
        (200, b"[[0.25, 0.75]]", True),
        (200, b"[[0.25001, 0.75]]", True),
        (200, b"[[0.75, 0.25]]", False),
        (200, b"[[0.25, NaN]]", False),
        (200, b"[[0.25]]", False),
        (200, b"[[0.25, 0.75], [0.25, 0.75]]", False),
        (200, b'{"error": "no"}', False),
        (200, b"[[0.25, 0.75]", False),
        (500, b"[[0.25, 0.75]]", False),
    ],
)
def test_only_the_one_prediction_is_right(status: int, body: bytes, right: bool) -> None:
    assert is_right(Reply(status, JSON, body), [0.25, 0.75]) is right


def test_rows_are_wrong_in_one_respect_and_have_a_group() -> None:
    cases = of_rows(3)
    assert cases["value: one too few"].body == b'{"instances": [[1.0, 1.0]]}'
    assert cases["value: NaN"].body == b'{"instances": [[NaN, 1.0, 1.0]]}'
    assert {group(name) for name in cases} == {"value"}
    assert group("GET") == "HTTP"


RESULT = Result(
    "mosec",
    "1.2",
    2,
    [
        broken.Outcome("value: NaN", Verdict.ACCEPTED, 200, "NaN", True),
        broken.Outcome("GET", Verdict.WORDLESS, 405, "", False),
    ],
    neighbours.Neighbours(sent=30, right=7, right_alone=30, bad=[Verdict.FAULT]),
    neighbours.Neighbours(sent=30, right=0, right_alone=29, bad=[Verdict.FAULT]),
    overload.Overload(sent=9, right=2, statuses={503: 3, 500: 1}, last_refusal_s=1.5, waiting=3),
    1,
)


def test_a_sound_body_in_a_coding_is_broken_for_the_service_alone() -> None:
    body, told = gzip.compress(b'{"instances": []}'), {"Content-Encoding": "gzip"}
    assert Case(body, headers=told).is_ours_alone
    assert not Case(body[:-5], headers=told).is_ours_alone
    assert not Case(body).is_ours_alone


def test_tables_tell_what_was_measured() -> None:
    summary = {title: cell for title, (cell,) in report.summary([RESULT])}
    assert summary["answered as if it were sound: 2xx or 3xx"] == "1"
    assert summary["the good request after each: right"] == "1 of 2"
    assert summary["neighbours of a row that does not fit: right"] == "7 of 30"
    assert summary["the same good requests without it: right"] == "59 of 60"
    assert report.groups([RESULT]) == [("value", ["0 of 1"]), ("HTTP", ["1 of 1"])]
    burst = {title: cell for title, (cell,) in report.overload([RESULT])}
    assert burst["told that it is busy or too late"] == "3"
    assert burst["the last of these after"] == "1.5 s"
    assert burst["first right answer after it"] == "none"
    assert burst["answered otherwise"] == "1"
    assert report.terminal("Title", [RESULT], report.groups([RESULT])).row_count == 2


def test_the_page_and_the_figures_are_written(tmp_path: Path) -> None:
    results = [replace(RESULT, name="rendered service"), RESULT, replace(RESULT, name="LitServe")]
    text = page(results, Settings(), "Some CPU")
    assert "| GET |" not in text
    assert "| value | 0 of 1 | 0 of 1 | 0 of 1 |" in text
    assert "mosec and LitServe" in text
    assert "{" not in text
    report.write_json(results, Settings(), "Some CPU", tmp_path / "figures.json")
    content = json.loads((tmp_path / "figures.json").read_text())
    assert content["results"][1]["outcomes"][0]["answer"] == "NaN"
