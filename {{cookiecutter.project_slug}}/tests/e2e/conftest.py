"""Real servers: the one that all tests share, and one for each test that ends or breaks it."""

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from tritonclient.http import InferenceServerClient

from model_service.deadline import Deadline
from model_service.engine import Engine
from model_service.errors import DeviceUnavailable
from model_service.model_folder import (
    SERVED,
    GoldenExamples,
    ModelFolder,
)
from model_service.postprocessing import Prediction
from model_service.settings import Settings
from model_service.startup import start

from ..predictions import assert_alike
from ..processes import ROOT, SERVICE, Reply, Server, free_port, serving, wait_until

Serve = Callable[..., AbstractContextManager[Server]]
Check = Callable[[Reply, int], None]


@pytest.fixture(scope="session")
def served_model(model_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the model folder that serves the original."""
    copy = tmp_path_factory.mktemp("served") / "model"
    return Path(shutil.copytree(model_dir, copy, ignore=shutil.ignore_patterns(SERVED)))


@pytest.fixture(scope="session", autouse=True)
def startable(served_model: Path) -> None:
    """Skip what needs a running server where the policy of devices lets none start."""
    try:
        start(Settings(model_dir=str(served_model))).batcher.close()
    except DeviceUnavailable as refusal:
        pytest.skip(f"The service cannot start on this machine. {refusal}")


@pytest.fixture(scope="session")
def expected(settings: Settings, engine: Engine, golden: GoldenExamples) -> list[Prediction]:
    """Return the predictions of the golden instances, made without a server."""
    running = start(settings, engine)
    deadline = Deadline.after_ms(60_000)
    predictions = [running.pipeline.predict([one], deadline)[0] for one in golden.instances]
    running.batcher.close()
    return predictions


@pytest.fixture(scope="session")
def assert_right(expected: list[Prediction], model: ModelFolder) -> Check:
    """Return a check of the answer to a golden instance."""

    def check(reply: Reply, index: int) -> None:
        assert reply.status == 200, reply.body
        (prediction,) = reply.json["predictions"]
        assert_alike(prediction, expected[index], model.card.golden.tolerance)

    return check


@pytest.fixture(scope="session")
def server(
    startable: None, served_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Give the server that all tests share, ready."""
    log = tmp_path_factory.mktemp("server") / "stderr"
    command = (*SERVICE, "serve")
    with serving(command, free_port(), log, SERVICE_MODEL_DIR=str(served_model)) as shared:
        wait_until(lambda: shared.answers("/readyz"))
        yield shared


@pytest.fixture(scope="session")
def echo_server(startable: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a server whose model gives back what it is given, in every datatype."""
    log = tmp_path_factory.mktemp("echo") / "stderr"
    command = (sys.executable, "-m", "tests.e2e.echo")
    path = f"{ROOT / 'src'}:{ROOT}"
    with serving(command, free_port(), log, PYTHONPATH=path, SERVICE_WORKERS="1") as echo:
        wait_until(lambda: echo.answers("/v2/models/echo/ready"))
        yield echo


@pytest.fixture
def triton(echo_server: Server) -> Iterator[Any]:
    """Give Triton's client of that server, with four connections."""
    with InferenceServerClient(f"127.0.0.1:{echo_server.port}", concurrency=4) as client:
        yield client


@pytest.fixture
def serve(served_model: Path, tmp_path: Path) -> Serve:
    """Return a function that starts a server of the test's own; it may not be ready yet."""

    def run(
        *arguments: str, command: Sequence[str] = (*SERVICE, "serve"), **settings: str
    ) -> AbstractContextManager[Server]:
        settings = {"SERVICE_MODEL_DIR": str(served_model), **settings}
        port = int(settings.pop("SERVICE_PORT", free_port()))
        log = tmp_path / f"stderr-{port}"
        return serving((*command, *arguments), port, log, **settings)

    return run
