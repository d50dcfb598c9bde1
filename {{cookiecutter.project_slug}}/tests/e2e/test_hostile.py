"""Every hostile request gets its error, in one body, from a service that goes on."""

from collections.abc import Iterator

import msgspec
import pytest

from model_service.model_folder import GoldenExamples

from ..processes import Server
from .conftest import Check
from .hostile import HOSTILE, Hostile


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
    error = msgspec.json.decode(reply.body)
    assert 400 <= reply.status < 500
    assert error.keys() == {"error", "code", "request_id"}
    assert error["code"] == request.code
    assert "Traceback" not in error["error"]
    assert server.answers("/healthz")
