"""A server under test: it runs with a model, and is started anew when it no longer answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..servers import Server, ServerError, ServerProcess
from .models import Model
from .replies import ask, is_right
from .settings import Settings


class Running:
    """A server that runs, and is started anew when it no longer answers."""

    def __init__(self, server: Server, model: Model, settings: Settings, log: Path) -> None:
        self.model = model
        self.settings = settings
        self.restarts = 0
        self._server = server
        self._log = log
        self._process: ServerProcess | None = None

    @property
    def port(self) -> int:
        """The port that it listens on since it was last started."""
        return self._process.port if self._process else 0

    def start(self) -> None:
        """Start it and wait until it answers right; raises ServerError."""
        self._process = ServerProcess(self._server, self.model.folder, self.settings, self._log)
        if not self.answers_within(self.settings.start_s):
            raise ServerError(f"{self._server.name} did not start (see {self._log})")

    def answers_within(self, limit_s: float) -> bool:
        """Return whether a good request is answered right before the limit."""
        return self._process is not None and self._process.holds_within(limit_s, self.answers_right)

    def answers_right(self, index: int = 0) -> bool:
        """Return whether one good request is answered right."""
        reply = ask(self.port, self.model.good(index), self.settings.answer_s)
        return is_right(reply, self.model.answer(index))

    def recover(self) -> None:
        """Give the server time to come round, or start it anew."""
        if not self.answers_within(self.settings.recovery_s):
            self.restarts += 1
            self.stop()
            self.start()

    def stop(self) -> None:
        """End the server and all processes that it started."""
        if self._process is not None:
            self._process.stop()


@contextmanager
def running(server: Server, model: Model, settings: Settings, log: Path) -> Iterator[Running]:
    """Run a server with a model until the block ends; raises ServerError."""
    instance = Running(server, model, settings, log)
    try:
        instance.start()
        yield instance
    finally:
        instance.stop()
