"""A run of the model: checked, counted, and made again in parts if memory is short."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from prometheus_client import REGISTRY

from model_service.arrays import Array, Arrays
from model_service.errors import ModelFault, OutOfMemory
from model_service.model_run import ModelRuns

from .engines import LIMIT_S, DoublingEngine, GatedEngine, answers, rows


def test_a_run_returns_the_outputs() -> None:
    assert answers(ModelRuns(DoublingEngine()).run(rows(1, 2))) == [2, 4]


def test_a_run_in_which_the_model_raises_is_counted() -> None:
    before = REGISTRY.get_sample_value("service_failed_runs_total") or 0
    with pytest.raises(ModelFault):
        ModelRuns(DoublingEngine()).run(rows(DoublingEngine.poison))
    assert REGISTRY.get_sample_value("service_failed_runs_total") == before + 1


def test_what_the_runtime_raises_becomes_a_model_fault_without_internals() -> None:
    with pytest.raises(ModelFault) as fault:
        ModelRuns(DoublingEngine()).run(rows(DoublingEngine.poison))
    assert "poison" not in str(fault.value)
    assert isinstance(fault.value.__cause__, RuntimeError)


@pytest.mark.parametrize("shape", [(), (1,), (3, 1)])
def test_an_output_with_another_number_of_rows_is_a_model_fault(shape: tuple[int, ...]) -> None:
    class WrongRows(DoublingEngine):
        def run(self, inputs: Arrays) -> dict[str, Array]:
            return {"y": np.zeros(shape)}

    with pytest.raises(ModelFault, match="'y' of shape"):
        ModelRuns(WrongRows()).run(rows(1, 2))


def test_the_run_that_goes_on_is_known_and_no_other() -> None:
    engine = GatedEngine()
    runs = ModelRuns(engine)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(runs.run, rows(1))
        assert engine.entered.wait(LIMIT_S)
        current = runs.current
        assert current
        assert current.started <= time.monotonic()
        assert current.thread in {thread.ident for thread in threading.enumerate()}
        engine.gate.set()
        running.result(LIMIT_S)
    assert runs.current is None
    with pytest.raises(ModelFault):
        runs.run(rows(DoublingEngine.poison))
    assert runs.current is None


@pytest.mark.parametrize("memory", [1, 2, 3, 5, 8])
def test_rows_for_which_memory_is_short_are_run_in_parts_and_stay_in_order(memory: int) -> None:
    engine = DoublingEngine(memory)
    before = REGISTRY.get_sample_value("service_retried_runs_total") or 0
    values = [float(value) for value in range(8)]
    assert answers(ModelRuns(engine).run_in_parts(rows(*values))) == [2 * v for v in values]
    assert [value for batch in engine.batches for value in batch] == values
    assert max(len(batch) for batch in engine.batches) <= memory
    assert (REGISTRY.get_sample_value("service_retried_runs_total") or 0) - before <= 2 * 8 - 2


def test_if_not_even_one_row_fits_the_caller_may_come_again() -> None:
    with pytest.raises(OutOfMemory) as refusal:
        ModelRuns(DoublingEngine(0)).run_in_parts(rows(1, 2, 3))
    assert refusal.value.retry_after
    assert isinstance(refusal.value.__cause__, MemoryError)


def test_a_fault_in_one_part_is_the_fault_of_all() -> None:
    with pytest.raises(ModelFault):
        ModelRuns(DoublingEngine(1)).run_in_parts(rows(1, DoublingEngine.poison))


def test_every_run_tells_its_pace() -> None:
    runs = ModelRuns(DoublingEngine())
    assert runs.pace.seconds(1) == 0
    with pytest.raises(ModelFault):
        runs.run(rows(DoublingEngine.poison))
    assert runs.pace.seconds(1) > 0
