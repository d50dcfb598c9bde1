"""What all tests share: the model of this service, really loaded, on the CPU."""

import functools
import shutil
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from model_service import startup
from model_service.app import create_app
from model_service.device import DeviceChoice
from model_service.engine import Engine, load
from model_service.errors import StartupError
from model_service.model_folder import (
    SERVED,
    GoldenExamples,
    ModelFolder,
)
from model_service.settings import Settings

from .edits import edit_card
from .models import golden_of, model_of

FRAMEWORK = load.__module__.rpartition(".")[2]


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker of tests that need a real GPU."""
    config.addinivalue_line("markers", "gpu: runs where the runtime can really use a GPU")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a GPU where the model cannot be put on one."""
    if item.get_closest_marker("gpu") and not has_gpu():
        pytest.skip("There is no GPU here that the runtime can use.")


@functools.cache
def has_gpu() -> bool:
    """Return whether the model of this service really ends up on a GPU if that is asked for."""
    model = model_of(FRAMEWORK)
    try:
        return load(model.original(), "cuda", 1).device == "cuda"
    except StartupError:
        return False


@pytest.fixture(scope="session")
def model_dir() -> Path:
    """Return the folder of the model."""
    return model_of(FRAMEWORK).path


@pytest.fixture(scope="session")
def model(model_dir: Path) -> ModelFolder:
    """Return the model folder as the service reads it."""
    return ModelFolder.open(model_dir)


@pytest.fixture(scope="session")
def golden(model: ModelFolder) -> GoldenExamples:
    """Return instances as a client sends them, with the outputs of the model."""
    return golden_of(model)


@pytest.fixture(scope="session")
def settings(model_dir: Path) -> Settings:
    """Return the defaults, with the folder of the model."""
    return Settings(model_dir=str(model_dir))


@pytest.fixture(scope="session")
def engine(model: ModelFolder) -> Engine:
    """Return the original model on the CPU, whatever device the service itself asks for."""
    return load(model.original(), "cpu", 1)


@pytest.fixture(scope="session")
def app(settings: Settings, engine: Engine) -> Flask:
    """Return the application, its model ready."""
    return create_app(settings, engine)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a client of the application."""
    return app.test_client()


@pytest.fixture
def copied_model(model_dir: Path, tmp_path: Path) -> Path:
    """Return a copy of the model folder to change; what `quantize` made stays behind."""
    copy = tmp_path / "model"
    shutil.copytree(model_dir, copy, ignore=shutil.ignore_patterns(SERVED))
    return copy


@pytest.fixture
def raw_client(copied_model: Path, engine: Engine) -> FlaskClient:
    """Return a client of the application whose predictions are the rows of the output."""
    edit_card(copied_model, '^task = "classification"', 'task = "raw"')
    return create_app(Settings(model_dir=str(copied_model)), engine).test_client()


@pytest.fixture
def on_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the service start on the CPU, also one that requires a GPU."""
    choice = DeviceChoice("cpu", "cpu", "The tests run on the CPU.")
    monkeypatch.setattr(startup, "choose", lambda *_: choice)
