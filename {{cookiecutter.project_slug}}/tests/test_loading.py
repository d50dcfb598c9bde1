"""A model that is loading, then ready, or the end of the process."""

import gc
import threading
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from model_service.errors import ModelNotReady
from model_service.loading import EXIT_STARTUP_FAILED, load_in_background
from model_service.service import Service
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


@pytest.mark.usefixtures("on_cpu")
def test_it_loads_in_the_background(copied_model: Path) -> None:
    service = Service(Settings(model_dir=str(copied_model)))
    load_in_background(service)
    wait_until(lambda: is_ready(service))
    assert service.running.describe()["device"] == "cpu"
    assert gc.get_freeze_count()
    gc.unfreeze()
    assert REGISTRY.get_sample_value("service_model_ready") == 1


@pytest.mark.usefixtures("on_cpu")
def test_it_is_ready_only_once_all_are_that_it_waits_for(copied_model: Path) -> None:
    service = Service(Settings(model_dir=str(copied_model)))
    waits, others = threading.Event(), threading.Event()

    def wait_for_others() -> None:
        waits.set()
        others.wait(LIMIT_S)

    load_in_background(service, wait_for_others)
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
    fault = "from model_service import loading; loading.start = None"
    ended = run_python("-c", fault + WORKER, SERVICE_MODEL_DIR=str(tmp_path))
    assert ended.returncode == EXIT_STARTUP_FAILED
    assert ended.stderr.startswith("The model could not be started.")
    assert "TypeError" in ended.stderr
