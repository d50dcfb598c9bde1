"""A session asks with the key of the settings, and measures what it is told to."""

from collections.abc import Iterator

import pytest
from flask import Flask

from model_service.app import create_app
from model_service.benching.load import Load
from model_service.benching.session import Session
from model_service.benching.target import Target
from model_service.engine import Engine
from model_service.errors import StartupError
from model_service.settings import Settings

from .conftest import serving

KEY = "a-key-of-this-very-test"


@pytest.fixture
def guarded(settings: Settings, engine: Engine) -> Iterator[Target]:
    """Give a service that asks for a key."""
    keyed: Flask = create_app(Settings(model_dir=settings.model_dir, api_keys=KEY), engine)
    yield from serving(keyed)


def test_a_service_that_runs_is_measured_with_a_key(guarded: Target, settings: Settings) -> None:
    url = f"http://{guarded.host}:{guarded.port}"
    with Load(connections=2, cpus=1) as load:
        keyed = Settings(model_dir=settings.model_dir, api_keys=KEY)
        found = Session(keyed, load, rows=1).at(url, seconds=0.3)
        assert found.throughput > 0
        with pytest.raises(StartupError, match="Send a valid key"):
            Session(settings, load, rows=1).at(url, seconds=0.3)
