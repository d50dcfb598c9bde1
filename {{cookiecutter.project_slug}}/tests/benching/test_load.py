"""A service under load, and what its callers saw, summed up."""

from collections.abc import Iterator

import pytest

from model_service.benching.examples import requests_for
from model_service.benching.load import CPUS_A_PROCESS, Load
from model_service.benching.target import Request, Target
from model_service.errors import StartupError
from model_service.model_folder import ModelFolder

SECONDS = 0.5
CONNECTIONS = 3


@pytest.fixture(scope="module")
def load() -> Iterator[Load]:
    """Give callers in two processes."""
    with Load(CONNECTIONS, cpus=2 * CPUS_A_PROCESS) as callers:
        yield callers


def test_the_figures_are_those_of_the_answers(
    load: Load, target: Target, model: ModelFolder
) -> None:
    found = load.measure(target, requests_for(target, model, 1), model.card.name, SECONDS)
    assert not found.errors
    assert 0 < found.p50_ms <= found.p99_ms
    # Callers that wait for their answers: as many are under way as there are connections.
    assert found.throughput * found.p50_ms / 1000 < 2 * CONNECTIONS
    assert found.rows_a_run is not None
    assert found.rows_a_run >= 1


def test_without_an_answer_there_are_no_figures(
    load: Load, target: Target, model: ModelFolder
) -> None:
    requests = [Request("/nowhere", b"")]
    with pytest.raises(StartupError, match=r"^No request was answered in 0.5 s \(\d+ x status 404"):
        load.measure(target, requests, model.card.name, SECONDS)


def test_a_service_without_statistics_is_measured_too(
    load: Load, target: Target, model: ModelFolder
) -> None:
    found = load.measure(target, requests_for(target, model, 1), "another", SECONDS)
    assert found.rows_a_run is None
