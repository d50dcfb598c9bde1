"""One `bench`: the service that runs or one that is started, its requests, and a warm-up."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from ..keys import read_keys
from ..model_folder import ModelFolder
from ..settings import Settings
from .examples import requests_for
from .load import Load
from .measurement import Measurement
from .service import served
from .target import Target

WARM_UP_S = 1.0  # threads are started, and the pace of the model is learnt


class Session:
    """Measures services of this model with the same callers; `rows` are those of a request."""

    def __init__(self, settings: Settings, load: Load, rows: int) -> None:
        self._model = ModelFolder.open(Path(settings.model_dir))
        self._key = next((key.decode() for key in read_keys(settings)), "")
        self._load = load
        self._rows = rows

    def at(self, url: str, seconds: float) -> Measurement:
        """Measure a service that runs; raises StartupError if it does not answer."""
        return self._measure(Target.at(url, self._key), lambda: seconds)

    def own(
        self, variables: Mapping[str, str], seconds_after: Callable[[float], float]
    ) -> Measurement:
        """Start the service with these variables beside those of the environment, and measure it.

        `seconds_after` says how long to measure, from how long it took to get there. Raises
        StartupError if the service does not start.
        """
        begun = time.monotonic()
        with served(variables, self._key) as target:
            return self._measure(target, lambda: seconds_after(time.monotonic() - begun))

    def _measure(self, target: Target, seconds: Callable[[], float]) -> Measurement:
        requests = requests_for(target, self._model, self._rows)
        self._load.measure(target, requests, self._model.card.name, WARM_UP_S)
        return self._load.measure(target, requests, self._model.card.name, seconds())
