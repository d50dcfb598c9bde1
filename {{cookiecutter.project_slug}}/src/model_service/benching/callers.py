"""Callers in a closed loop: each sends its next request when it has the answer to its last.

They run in a process of their own, which imports nothing of the service.
"""

import asyncio
import ssl
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice

import httptools

PAUSE_S = 0.1  # before a caller tries again to connect
PATIENCE_S = 40.0  # for the first answer, if it comes after the end


@dataclass(frozen=True)
class Plan:
    """What is sent, where to and how long; `requests` are whole, as they go over the wire."""

    host: str
    port: int
    tls: bool
    requests: tuple[bytes, ...]
    connections: int
    seconds: float


@dataclass
class Seen:
    """What came back: the latency of each answer of status 200, in seconds, and all else."""

    latencies: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def ended(self) -> int:
        """How many requests were answered, refused or lost."""
        return len(self.latencies) + self.errors.total()


def call(plan: Plan) -> Seen:
    """Call for as long as planned, or until the first answer if that takes longer.

    What is not answered at the end does not count.
    """
    return asyncio.run(_call(plan))


async def _call(plan: Plan) -> Seen:
    seen, begun = Seen(), time.perf_counter()
    callers = [
        asyncio.create_task(_keep_calling(plan, islice(cycle(plan.requests), first, None), seen))
        for first in range(plan.connections)
    ]
    done, _ = await asyncio.wait(callers, timeout=plan.seconds)
    while not seen.ended and not done and time.perf_counter() - begun < PATIENCE_S:
        done, _ = await asyncio.wait(callers, timeout=PAUSE_S)
    told = Seen(seen.latencies.copy(), seen.errors.copy(), time.perf_counter() - begun)
    for caller in callers:
        caller.cancel()
    await asyncio.gather(*callers, return_exceptions=True)
    for caller in done:
        caller.result()  # none ends by itself but by a fault of ours
    return told


async def _keep_calling(plan: Plan, requests: Iterator[bytes], seen: Seen) -> None:
    """Call on one connection, and on another if it is lost, until cancelled."""
    loop, tls = asyncio.get_running_loop(), ssl.create_default_context() if plan.tls else None
    while True:
        try:
            transport, caller = await loop.create_connection(
                lambda: _Caller(requests, seen), plan.host, plan.port, ssl=tls
            )
        except OSError:
            seen.errors["no connection"] += 1
            await asyncio.sleep(PAUSE_S)
            continue
        try:
            await caller.lost
        finally:
            transport.abort()


class _Caller(asyncio.Protocol):
    """One connection; its parser calls `on_message_complete`."""

    def __init__(self, requests: Iterator[bytes], seen: Seen) -> None:
        self.lost = asyncio.get_running_loop().create_future()
        self._requests = requests
        self._seen = seen
        self._parser = httptools.HttpResponseParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        """Read a part of the answer."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.abort()

    def on_message_complete(self) -> None:
        """Count the answer and send the next request."""
        status = self._parser.get_status_code()
        self._waits = False
        if status == 200:
            self._seen.latencies.append(time.perf_counter() - self._sent)
        else:
            self._seen.errors[f"status {status}"] += 1
        if self._parser.should_keep_alive():
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Count the request that got no answer."""
        if self._waits:
            self._seen.errors["no answer"] += 1
        if not self.lost.done():
            self.lost.set_result(None)

    def _send(self) -> None:
        self._waits, self._sent = True, time.perf_counter()
        self._transport.write(next(self._requests))
