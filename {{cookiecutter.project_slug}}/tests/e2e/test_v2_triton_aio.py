"""Triton's asynchronous client, which sends other headers than its other one."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tritonclient.http.aio import InferenceServerClient
from tritonclient.utils import InferenceServerException

from ..processes import Server
from .triton import (
    EVERY,
    MODEL,
    UNREADABLE,
    VERSION,
    assert_same,
    inputs_of,
    outputs_of,
)

Talk = Callable[[Any], Awaitable[None]]
Run = Callable[[Talk], None]


@pytest.fixture
def run(echo_server: Server) -> Run:
    """Return a function that lets a client talk to the server."""

    async def with_client(talk: Talk) -> None:
        async with InferenceServerClient(f"127.0.0.1:{echo_server.port}") as client:
            await talk(client)

    return lambda talk: asyncio.run(with_client(talk))


def test_health_and_metadata_are_told(run: Run) -> None:
    async def talk(client: Any) -> None:
        assert await client.is_server_live()
        assert await client.is_server_ready()
        assert await client.is_model_ready(MODEL, VERSION)
        assert (await client.get_server_metadata())["name"]
        assert (await client.get_model_metadata(MODEL))["versions"] == [VERSION]

    run(talk)


@pytest.mark.parametrize("coding", ["gzip", "deflate", None])
@pytest.mark.parametrize("binary", [True, False], ids=["binary", "json"])
def test_each_datatype_comes_back(binary: bool, coding: str | None, run: Run) -> None:
    async def talk(client: Any) -> None:
        result = await client.infer(
            MODEL,
            inputs_of(EVERY, binary),
            outputs=outputs_of(EVERY, binary),
            request_compression_algorithm=coding,
            response_compression_algorithm=coding,
        )
        assert_same(result, EVERY)

    run(talk)


@pytest.mark.parametrize("binary", [True, False], ids=["binary", "json"])
def test_eight_requests_at_once_get_their_own_answers(binary: bool, run: Run) -> None:
    async def talk(client: Any) -> None:
        inputs = inputs_of(EVERY, binary)
        asked = [client.infer(MODEL, inputs, request_id=str(i)) for i in range(8)]
        results = await asyncio.gather(*asked)
        assert [one.get_response()["id"] for one in results] == [str(i) for i in range(8)]
        for result in results:
            assert_same(result, EVERY)

    run(talk)


def test_a_refusal_is_readable(run: Run) -> None:
    async def talk(client: Any) -> None:
        with pytest.raises(InferenceServerException) as refusal:
            await client.infer(MODEL, inputs_of(EVERY, False)[1:])
        assert UNREADABLE not in refusal.value.message()
        assert refusal.value.status()[0] in "45"

    run(talk)
