"""What a worker process holds: a model that is loading, then ready, or the end of the process."""

import pytest
from prometheus_client import REGISTRY

from model_service.deadline import Deadline
from model_service.engine import Engine
from model_service.errors import ModelHung, ModelNotReady, ShuttingDown
from model_service.model_folder import GoldenExamples
from model_service.service import Service
from model_service.settings import Settings


def test_before_it_is_loaded_the_model_is_not_ready(settings: Settings) -> None:
    with pytest.raises(ModelNotReady):
        _ = Service(settings).running


def test_once_it_is_loaded_the_model_is_served(settings: Settings, engine: Engine) -> None:
    service = Service(settings)
    service.load(engine)
    assert service.running.engine is engine
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
