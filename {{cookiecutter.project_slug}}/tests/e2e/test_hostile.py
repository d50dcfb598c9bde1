"""Every hostile request gets its error, in one body, from a service that goes on."""

from collections.abc import Iterator

import pytest

from model_service.model_folder import GoldenExamples

from ..processes import Server
from .conftest import Check
from .hostile import HOSTILE, Hostile
from .requests import told


@pytest.fixture(scope="module", autouse=True)
def serves_on(server: Server, golden: GoldenExamples, assert_right: Check) -> Iterator[None]:
    """Check, after all of them, that the service still answers right."""
    yield
    for index, instance in enumerate(golden.instances):
        assert_right(server.predict(instance), index)


def test_there_are_many() -> None:
    assert len(HOSTILE) >= 80


@pytest.mark.parametrize("name", HOSTILE)
def test_it_gets_the_error_that_it_deserves(name: str, server: Server) -> None:
    request: Hostile = HOSTILE[name]
    content_type = {} if request.content_type is None else {"Content-Type": request.content_type}
    headers = {**content_type, **request.headers}
    reply = server.ask(request.method, request.path, request.body, headers)
    status, code = told(reply).split()
    assert status.startswith("4")
    assert code == request.code
    assert server.answers("/healthz")
