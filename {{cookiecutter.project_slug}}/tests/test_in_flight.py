"""As many requests as there are places; the rest are refused at once."""

from contextlib import ExitStack

import pytest
from prometheus_client import REGISTRY

from model_service.errors import Overloaded
from model_service.in_flight import InFlight


def test_who_finds_no_place_is_refused_and_who_leaves_makes_room() -> None:
    requests = InFlight(2)
    with requests:
        with requests, pytest.raises(Overloaded, match="try again"), requests:
            pass
        with requests:
            pass


def test_a_request_that_fails_makes_room_too() -> None:
    requests = InFlight(1)
    for _ in range(2):
        with pytest.raises(KeyError), requests:
            raise KeyError
    with ExitStack() as held:
        held.enter_context(requests)


def test_the_metrics_tell_how_many_are_inside() -> None:
    requests = InFlight(2)
    before = REGISTRY.get_sample_value("service_requests_in_flight") or 0
    with requests:
        assert REGISTRY.get_sample_value("service_requests_in_flight") == before + 1
    assert REGISTRY.get_sample_value("service_requests_in_flight") == before
