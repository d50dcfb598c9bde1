"""What one worker process holds: a model that is loading, then served, then left."""

from . import metrics
from .engine import Engine
from .errors import ModelNotReady, ServiceError, ShuttingDown
from .in_flight import InFlight
from .settings import Settings
from .startup import Running, start


class Service:
    """The model of this process, and whether it may be asked.

    What a property or a check raises is the answer to who asks in vain.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.in_flight = InFlight(settings.queue_rows)  # a request has a row or more
        self._running: Running | None = None
        self._dead: ServiceError | None = None
        self._leaving: ServiceError | None = None
        self._refusing: ServiceError | None = None

    @property
    def running(self) -> Running:
        """The model, if work is taken; raises ModelNotReady, ShuttingDown or ModelHung."""
        _raise_first(self._dead, self._refusing)
        if self._running is None:
            raise ModelNotReady("The model is still being loaded: try again in a moment.")
        return self._running

    @property
    def ready(self) -> Running:
        """The model, if more work is welcome; raises ModelNotReady, ShuttingDown or ModelHung."""
        _raise_first(self._dead, self._leaving)
        return self.running

    @property
    def leaving(self) -> bool:
        """Whether the process is about to end, so that connections should not be kept."""
        return self._leaving is not None

    def check_alive(self) -> None:
        """Raise ModelHung once the process is of no more use."""
        _raise_first(self._dead)

    def load(self, engine: Engine | None = None) -> None:
        """Start the model, on the given engine if there is one, and serve it.

        Raises StartupError.
        """
        self.serve(start(self.settings, engine))

    def serve(self, running: Running) -> None:
        """Serve a model that was started."""
        self._running = running
        metrics.READY.set(1)

    def leave(self) -> None:
        """Be no more ready; work is still taken, for callers that do not know yet."""
        self._leaving = ShuttingDown("The service is shutting down: ask another one.")
        metrics.READY.set(0)

    def refuse(self) -> None:
        """Take no more work; what was taken is finished."""
        self._refusing = self._leaving

    def give_up(self, error: ServiceError) -> None:
        """Be neither alive nor ready; who waits for the model gets the error."""
        self._dead = error
        metrics.READY.set(0)
        if self._running:
            self._running.batcher.close(error)


def _raise_first(*errors: ServiceError | None) -> None:
    for error in errors:
        if error is not None:
            raise error.with_traceback(None)  # raised again and again, it would keep every trace
