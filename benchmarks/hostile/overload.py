"""Many more requests at once than a slow model can serve."""

import selectors
import threading
import time
from dataclasses import dataclass, field

from .corpus import Case
from .replies import ask, connect, is_right, receive, send
from .servers import Running

BUSY = (408, 429, 503, 504)  # "too busy", or "it took too long"
HEALTH_EVERY_S = 0.2


@dataclass
class Overload:
    """What became of the requests of a burst within the limit, and of the health route."""

    sent: int
    right: int = 0
    statuses: dict[int, int] = field(default_factory=dict)  # of other answers; 0: a part of one
    last_refusal_s: float | None = None  # from the last request to the last of these answers
    waiting: int = 0  # without an answer at the limit
    slowest_health_s: float = 0.0
    health_failures: int = 0
    recovered_s: float | None = None  # to the next right answer; None: not within the limit

    def count(self, status: int) -> None:
        """Count an answer that is not right."""
        self.statuses[status] = self.statuses.get(status, 0) + 1

    @property
    def refused(self) -> int:
        """How many were told that the server is too busy, or took too long."""
        return sum(self.statuses.get(status, 0) for status in BUSY)

    @property
    def others(self) -> int:
        """How many got any other answer, or a part of one."""
        return sum(self.statuses.values()) - self.refused


def measure(server: Running, health: str) -> Overload:
    """Send a burst and watch it for a while; then wait until the server answers right again."""
    settings = server.settings
    counted, over = Overload(settings.burst), threading.Event()
    watch = threading.Thread(target=_watch, args=(server, health, counted, over))
    watch.start()
    try:
        _burst(server, counted)
    finally:
        over.set()
        watch.join()
    start = time.monotonic()
    if server.answers_within(settings.recovery_s):
        counted.recovered_s = time.monotonic() - start
    return counted


def _burst(server: Running, counted: Overload) -> None:
    settings = server.settings
    with selectors.DefaultSelector() as waiting:
        for index in range(counted.sent):
            try:
                connection = connect(server.port, settings.answer_s)
                send(connection, server.model.good(index))
            except OSError:
                counted.count(0)
                continue
            waiting.register(connection.sock, selectors.EVENT_READ, (index, connection))
        last_sent = time.monotonic()
        while waiting.get_map() and time.monotonic() < last_sent + settings.burst_s:
            for key, _ in waiting.select(timeout=0.1):
                waiting.unregister(key.fileobj)
                index, connection = key.data
                reply = receive(connection)
                if is_right(reply, server.model.answer(index)):
                    counted.right += 1
                else:
                    counted.count(reply.status if reply else 0)
                    counted.last_refusal_s = time.monotonic() - last_sent
        for key in list(waiting.get_map().values()):
            counted.waiting += 1
            key.data[1].close()


def _watch(server: Running, health: str, counted: Overload, over: threading.Event) -> None:
    """Ask for health until it is over, and keep the slowest answer."""
    while not over.wait(HEALTH_EVERY_S):
        start = time.monotonic()
        reply = ask(server.port, Case(b"", None, "GET", health), server.settings.answer_s)
        counted.slowest_health_s = max(counted.slowest_health_s, time.monotonic() - start)
        counted.health_failures += reply is None or reply.status != 200
