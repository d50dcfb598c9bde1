"""Callers wait for their answers, count all of them, and never give up before the end."""

from dataclasses import replace

import pytest

from model_service.benching.callers import Plan, Seen, call
from model_service.benching.target import Request, Target

from ..processes import free_port

SECONDS = 0.3


@pytest.fixture
def plan(target: Target) -> Plan:
    """Return a plan for the service of these tests, with requests that it refuses."""
    refused = Request("/predict", b"{}"), Request("/nowhere", b"")
    requests = tuple(map(target.on_the_wire, refused))
    return Plan(target.host, target.port, False, requests, connections=3, seconds=SECONDS)


def called(target: Target, plan: Plan) -> Seen:
    """Call another service with requests that are for it."""
    requests = (target.on_the_wire(Request("/predict", b"{}")),)
    return call(replace(plan, port=target.port, requests=requests))


def test_every_request_has_its_turn_on_each_connection(plan: Plan) -> None:
    seen = call(plan)
    assert not seen.latencies
    assert seen.errors.keys() == {"status 400", "status 404"}
    assert abs(seen.errors["status 400"] - seen.errors["status 404"]) <= plan.connections
    assert seen.seconds >= SECONDS


def test_what_is_answered_has_a_latency(plan: Plan, target: Target) -> None:
    health = b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n"
    seen = call(replace(plan, requests=(health,)))
    assert not seen.errors
    assert len(seen.latencies) > plan.connections
    assert 0 < sum(seen.latencies) <= plan.connections * seen.seconds


def test_refusals_and_lost_connections_are_told_apart(plan: Plan, broken: Target) -> None:
    seen = called(broken, plan)
    assert seen.errors.keys() == {"status 503", "no answer"}
    assert seen.errors["no answer"] > 1  # on a connection each
    assert not seen.latencies


def test_where_nobody_listens_callers_try_until_the_end(plan: Plan) -> None:
    seen = call(replace(plan, port=free_port()))
    assert seen.errors.keys() == {"no connection"}
    assert seen.errors["no connection"] > plan.connections


def test_what_is_no_http_is_no_answer(plan: Plan) -> None:
    seen = call(replace(plan, requests=(b"\r\n\r\nnonsense\r\n\r\n",)))
    assert not seen.latencies
    assert seen.errors.total() > 0


def test_the_first_answer_is_waited_for(plan: Plan) -> None:
    seen = call(replace(plan, seconds=0.0))
    assert seen.ended > 0
    assert seen.seconds > 0
