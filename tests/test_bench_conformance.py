"""`make bench BENCH=conformance`: how answers are judged and told, and a run against a render."""

from pathlib import Path

import pytest

from benchmarks.conformance import hostile, kserve, servers, suite
from benchmarks.conformance.groups import ERRORS, FAULT, GROUPS, HEALTH, Group, group
from benchmarks.conformance.outcome import Outcome
from benchmarks.conformance.page import page
from benchmarks.conformance.report import (
    Result,
    failures,
    folded,
    in_short,
    rows,
    terminal,
)
from benchmarks.hostile.replies import Reply

from .answers import TEMPLATE
from .conftest import Bake

JSON = "application/json"
E2E = TEMPLATE / "tests" / "e2e"


@pytest.mark.parametrize(
    ("reply", "by_protocol", "by_http"),
    [
        (Reply(400, JSON, b'{"error": "no"}'), True, True),
        (Reply(500, JSON, b'{"error": "no"}'), True, False),
        (Reply(422, JSON, b'{"detail": "no"}'), False, True),
        (Reply(400, JSON, b'{"error": ""}'), False, True),
        (Reply(400, JSON, b'{"error": {}}'), False, True),
        (Reply(400, JSON, b"[]"), False, True),
        (Reply(400, "", b""), False, True),
        (Reply(400, "", b"Traceback (most recent call last):"), False, False),
        (Reply(200, JSON, b'{"error": "no"}'), False, False),
        (None, False, False),
    ],
)
def test_an_error_is_judged(reply: Reply | None, by_protocol: bool, by_http: bool) -> None:
    assert (hostile.by_protocol(reply) is None) is by_protocol
    assert (hostile.by_http(reply) is None) is by_http


REPORT = """\
<testsuites><testsuite>
  <testcase classname="tests.e2e.test_v2_triton" name="test_each_comes_back[json-to json]"/>
  <testcase classname="tests.e2e.test_v2_triton_aio" name="test_both">
    <failure message="AssertionError: no">E no</failure>
  </testcase>{more}
</testsuite></testsuites>
"""


def test_the_report_of_pytest_is_read() -> None:
    assert suite.read(REPORT.format(more="")) == [
        Outcome("tritonclient", "each comes back [json-to json]", None),
        Outcome("tritonclient, asyncio", "both", "AssertionError: no"),
    ]


@pytest.mark.parametrize("state", ["error", "skipped"])
def test_what_could_not_be_asked_is_no_failure(state: str) -> None:
    case = f'<testcase classname="tests.e2e.test_v2_triton" name="test_a"><{state}/></testcase>'
    with pytest.raises(suite.SuiteError, match="test_a could not be run"):
        suite.read(REPORT.format(more=case))


def test_a_case_without_a_group_is_told() -> None:
    with pytest.raises(LookupError, match="'new'"):
        group(Outcome(suite.TRITON, "new", None))


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        ("X: [422] in the client while decoding the response: 'error'", "422, no `error` in the"),
        ("[400] no error", "400"),
        ("HTTPStatusError: , '500 Internal Server Error' for url", "500"),
        ("[500] Traceback (most recent call last): /a/path", "500, a traceback"),
        ('[200] {"outputs": []}', "answered"),
        ("Failed: DID NOT RAISE InferenceServerException", "answered"),
        ("JSONDecodeError: Expecting value: line 1 column 1 (char 0)", "no JSON in the body"),
        ("AssertionError: a | b\n  more", r"a \| b"),
    ],
)
def test_a_failure_is_told_in_short(failure: str, words: str) -> None:
    assert in_short(failure).startswith(words)


def test_names_that_differ_in_brackets_are_told_as_one() -> None:
    assert folded(["a [x]", "b", "a [y-z]"]) == ["a [x, y-z]", "b"]


def test_the_table_the_failures_and_the_page() -> None:
    ours = [Outcome(hostile.SOURCE, "cut", None), Outcome(kserve.SOURCE, "kserve: live", None)]
    theirs = [Outcome(hostile.SOURCE, "cut", '[422] {"detail": 1}'), ours[1]]
    results = [Result(servers.OURS, "1", ours), Result("MLServer", "2", theirs)]
    table = {title: cells for title, *cells in rows(results)}
    assert table[ERRORS.title] == ["1 of 1", "0 of 1"]
    assert table[HEALTH.title] == ["1 of 1", "1 of 1"]
    assert table[FAULT.title] == ["-", "-"]
    assert table["**the protocol**"] == ["**2 of 2**", "**1 of 2**"]
    assert terminal(results).row_count == len(table)
    assert failures(results[1]) == [(ERRORS.title, "422, no `error` in the body", "cut")]
    text = page(results)
    assert "| 422, no `error` in the body | cut |" in text
    assert "does not pass: 0." in text


def test_what_stands_in_for_the_echo_server_has_its_place() -> None:
    assert servers.FOLDER.joinpath("stand_in.py").is_file()
    assert (TEMPLATE / servers.ECHO).is_file()
    assert all((E2E / f"{name}.py").is_file() for name in suite.SOURCES)


def test_a_render_passes_every_case(bake: Bake, tmp_path: Path) -> None:
    project = bake(framework="onnxruntime", input_kind="tensor", gpu="none")
    server, log = servers.ours(project), tmp_path / "log"
    cases = hostile.corpus(project)
    assert cases.keys() > hostile.OURS_ALONE
    told = suite.outcomes(server, log)
    with server.started(log) as port:
        told += hostile.outcomes(port, cases)
        if kserve.PYTHON.exists():
            told += kserve.outcomes(port)
    assert [one for one in told if one.failure] == []
    asked: set[Group] = {group(one) for one in told}
    assert asked == {one for one in GROUPS if kserve.PYTHON.exists() or one.title[:6] != "the V1"}
