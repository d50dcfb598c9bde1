"""Every hostile request to `infer` gets its error, from a service that goes on."""

from collections.abc import Iterator

import pytest

from model_service.model_folder import GoldenExamples, ModelFolder
from model_service.settings import Settings

from ..conftest import FRAMEWORK
from ..models import model_of
from ..openinference.bodies import infer_body
from ..processes import Server
from .conftest import Check
from .requests import converse, told
from .v2_hostile import hostile_of, row_of
from .v2_schema import Error, Inference, Live, read

CORPUS = hostile_of(model_of(FRAMEWORK).card)


@pytest.fixture(scope="module", autouse=True)
def serves_on(server: Server, golden: GoldenExamples, assert_right: Check) -> Iterator[None]:
    """Check, after all of them, that the service still answers right."""
    yield
    for index, instance in enumerate(golden.instances):
        assert_right(server.predict(instance), index)


@pytest.mark.parametrize("name", CORPUS)
def test_it_gets_the_error_that_it_deserves(name: str, server: Server) -> None:
    request = CORPUS[name]
    reply = server.ask(request.method, request.path, request.body, request.headers)
    assert told(reply).split()[1] == request.code
    assert reply.status in range(400, 500)
    assert read(reply.body, Error).error
    assert read(server.ask("GET", "/v2/health/live").body, Live)


def test_a_body_in_chunks_is_taken_up_to_the_limit(server: Server, model: ModelFolder) -> None:
    path = f"/v2/models/{model.card.name}/infer"
    body, headers = infer_body(row_of(model.card), list(row_of(model.card)))
    chunks = (body[start : start + 50] for start in range(0, len(body), 50))
    reply = server.ask("POST", path, chunks, headers)
    assert read(reply.body, Inference).model_name == model.card.name
    size = Settings().max_body_bytes + 1
    head = (
        f"POST {path} HTTP/1.1\r\nHost: service\r\nConnection: close\r\n"
        f"Transfer-Encoding: chunked\r\n\r\n{size:x}\r\n"
    )
    (refused,) = converse(server, head.encode() + bytes(size) + b"\r\n0\r\n\r\n")
    assert told(refused) == "413 body_too_large"
