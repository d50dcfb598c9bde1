"""What all tests share: the model of this service, really loaded, on the CPU."""

import shutil
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from model_service.app import create_app
from model_service.engine import Engine, load
from model_service.model_folder import SERVED, GoldenExamples, ModelFolder
from model_service.preprocessing import KIND
from model_service.settings import Settings

MODEL = Path(__file__).parents[1] / "model"


@pytest.fixture(scope="session")
def model_dir() -> Path:
    """Return the folder of the model, or the one of this input kind where several stand."""
    of_kind = MODEL / KIND
    return of_kind if of_kind.is_dir() else MODEL


@pytest.fixture(scope="session")
def model(model_dir: Path) -> ModelFolder:
    """Return the model folder as the service reads it."""
    return ModelFolder.open(model_dir)


@pytest.fixture(scope="session")
def golden(model: ModelFolder) -> GoldenExamples:
    """Return instances as a client sends them, with the outputs of the model."""
    return model.golden()


@pytest.fixture(scope="session")
def settings(model_dir: Path) -> Settings:
    """Return the defaults, with the folder of the model."""
    return Settings(model_dir=str(model_dir))


@pytest.fixture(scope="session")
def engine(model: ModelFolder) -> Engine:
    """Return the original model on the CPU, whatever device the service itself asks for."""
    return load(model.file(model.card.artefact.file), "cpu", 1)


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
