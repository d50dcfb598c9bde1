"""What a worker process holds: a model that is loading, then ready, or the end of the process."""

import threading
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from model_service.deadline import Deadline
from model_service.engine import Engine
from model_service.errors import ModelHung, ModelNotReady, ShuttingDown
from model_service.model_folder import GoldenExamples
from model_service.service import EXIT_STARTUP_FAILED, Service
from model_service.settings import Settings

from .processes import LIMIT_S, run_python, wait_until

WORKER = """
import threading
from model_service.app import create_app
create_app()
threading.Event().wait()
"""


def is_ready(service: Service) -> bool:
    """Return whether the model is served."""
    try:
        return service.running is not None
    except ModelNotReady:
        return False


def test_before_it_is_loaded_the_model_is_not_ready(settings: Settings) -> None:
    with pytest.raises(ModelNotReady):
        _ = Service(settings).running


def test_once_it_is_loaded_the_model_is_served(settings: Settings, engine: Engine) -> None:
    service = Service(settings)
    service.load(engine)
    assert service.running.engine is engine
    assert REGISTRY.get_sample_value("service_model_ready") == 1


@pytest.mark.usefixtures("on_cpu")
def test_it_loads_in_the_background(copied_model: Path) -> None:
    service = Service(Settings(model_dir=str(copied_model)))
    service.load_in_background()
    wait_until(lambda: is_ready(service))
    assert service.running.describe()["device"] == "cpu"
    assert REGISTRY.get_sample_value("service_model_ready") == 1


def test_who_leaves_is_not_ready_but_takes_work_until_it_refuses(
    settings: Settings, engine: Engine
) -> None:
    service = Service(settings)
    service.load(engine)
    service.leave()
    assert service.leaving
    assert REGISTRY.get_sample_value("service_model_ready") == 0
    with pytest.raises(ShuttingDown):
        _ = service.ready
    assert service.running
    service.refuse()
    with pytest.raises(ShuttingDown):
        _ = service.running
    service.check_alive()


def test_who_gives_up_is_dead_for_all(
    settings: Settings, engine: Engine, golden: GoldenExamples
) -> None:
    service = Service(settings)
    service.load(engine)
    running = service.running
    service.give_up(ModelHung("It hangs."))
    for ask in (service.check_alive, lambda: service.ready, lambda: service.running):
        with pytest.raises(ModelHung):
            ask()
    with pytest.raises(ModelHung):
        running.pipeline.predict(golden.instances[:1], Deadline.after_ms(60_000))


@pytest.mark.usefixtures("on_cpu")
def test_it_is_ready_only_once_all_are_that_it_waits_for(copied_model: Path) -> None:
    service = Service(Settings(model_dir=str(copied_model)))
    waits, others = threading.Event(), threading.Event()

    def wait_for_others() -> None:
        waits.set()
        others.wait(LIMIT_S)

    service.load_in_background(wait_for_others)
    assert waits.wait(LIMIT_S)
    assert not is_ready(service)
    others.set()
    wait_until(lambda: is_ready(service))


def test_a_model_that_cannot_be_started_ends_the_process_with_one_sentence(tmp_path: Path) -> None:
    ended = run_python("-c", WORKER, SERVICE_MODEL_DIR=str(tmp_path))
    assert ended.returncode == EXIT_STARTUP_FAILED == 3
    (sentence,) = ended.stderr.splitlines()
    assert str(tmp_path) in sentence
    assert "SERVICE_MODEL_DIR" in sentence


def test_a_fault_of_the_service_itself_ends_the_process_with_its_traceback(tmp_path: Path) -> None:
    fault = "from model_service import service; service.start = None"
    ended = run_python("-c", fault + WORKER, SERVICE_MODEL_DIR=str(tmp_path))
    assert ended.returncode == EXIT_STARTUP_FAILED
    assert ended.stderr.startswith("The model could not be started.")
    assert "TypeError" in ended.stderr
