"""What is told of requests: a line each as it was, and numbers that add up."""

import logging
import time

import pytest
from prometheus_client import REGISTRY

from model_service.routes.answer import answer
from model_service.routes.answered import Answered, Route, logger, tell
from model_service.timings import Timings

ROUTE = Route("of.tests", "/of-tests")
PREDICTS = Route("of.tests", "/of-tests", view=lambda environ: answer(b"", "text/plain", {}))


def answered(
    status: int = 200, seconds: float = 0.25, route: Route = ROUTE, timings: Timings | None = None
) -> Answered:
    """Return a request that was answered half a minute ago."""
    return Answered(time.time() - 30, "abc", "GET", "/of-tests", route, status, seconds, timings)


def number(name: str, **labels: str) -> float:
    """Return a number of the metrics, 0 if it is not there yet."""
    return REGISTRY.get_sample_value(f"service_{name}", labels) or 0.0


def test_requests_are_counted_by_route_and_status_and_timed_by_route() -> None:
    before = number("request_seconds_sum", route="/of-tests")
    tell([answered(), answered(404, 0.5), answered(seconds=1.0)])
    assert number("requests_total", route="/of-tests", code="200") == 2
    assert number("requests_total", route="/of-tests", code="404") == 1
    assert number("request_seconds_sum", route="/of-tests") == before + 1.75


def test_the_steps_of_a_prediction_are_timed_as_far_as_it_came() -> None:
    names = [("step_seconds_count", {"step": step}) for step in ("preprocess", "model")]
    names += [("queue_seconds_count", {}), ("prediction_seconds_count", {"outcome": "fail"})]
    before = [number(name, **labels) for name, labels in names]
    timings = Timings()
    timings.ended("preprocess")
    timings.waited(0.5)
    tell([answered(504, route=PREDICTS, timings=timings)])
    changed = [number(name, **labels) for name, labels in names]
    assert [now - then for now, then in zip(changed, before, strict=True)] == [1, 0, 1, 1]


def test_a_line_says_when_the_answer_was_given(caplog: pytest.LogCaptureFixture) -> None:
    given = answered(seconds=0.0012345)
    with caplog.at_level(logging.INFO, logger.name):
        tell([given])
    (line,) = caplog.records
    assert (line.created, line.getMessage()) == (given.at, "request")
    assert vars(line)["fields"] == {
        "request_id": "abc",
        "method": "GET",
        "path": "/of-tests",
        "status": 200,
        "ms": 1.234,
    }


def test_what_is_not_logged_is_counted_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    before = number("requests_total", route="/of-tests", code="418")
    with caplog.at_level(logging.WARNING, logger.name):
        tell([answered(418)])
    assert not caplog.records
    assert number("requests_total", route="/of-tests", code="418") == before + 1
