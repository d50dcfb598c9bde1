"""The bound on admitted rows, the turn of a request, and the checks around a run."""

import time
from typing import Any

import numpy as np
import pytest
from prometheus_client import REGISTRY

from model_service.arrays import Array, Arrays
from model_service.batching.base import Admission, Turn, run_rows
from model_service.deadline import Deadline
from model_service.errors import (
    DeadlineExceeded,
    ModelFault,
    Overloaded,
    TooManyInstances,
)
from model_service.settings import Settings

from ..engines import DoublingEngine, answers, rows, soon


def admission(**limits: Any) -> Admission:
    """Return an admission with these limits."""
    return Admission(Settings(**limits))


def test_admits_up_to_the_limit_and_no_row_more() -> None:
    bounded = admission(queue_rows=3)
    with bounded.of(rows(1, 2)), bounded.of(rows(3)):
        refused = pytest.raises(Overloaded)
        with refused, bounded.of(rows(4)):
            pass


def test_admits_up_to_the_bytes_and_no_byte_more() -> None:
    bounded = admission(queue_bytes=3 * 4)  # float32
    with bounded.of(rows(1, 2)), bounded.of(rows(3)):
        refused = pytest.raises(Overloaded)
        with refused, bounded.of(rows(4)):
            pass


def test_gives_the_room_back_when_the_work_is_done_or_has_failed() -> None:
    bounded = admission(queue_rows=2, queue_bytes=2 * 4)
    with pytest.raises(ZeroDivisionError), bounded.of(rows(1, 2)):
        raise ZeroDivisionError
    with bounded.of(rows(1, 2)):
        pass


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [({"queue_rows": 4}, "5 rows .* at most 4"), ({"queue_bytes": 16}, "20 bytes .* at most 16")],
)
def test_says_at_once_that_a_request_can_never_fit(limits: dict[str, int], sentence: str) -> None:
    with pytest.raises(TooManyInstances, match=sentence), admission(**limits).of(rows(*range(5))):
        pass


def test_an_expired_request_gets_no_turn_although_the_model_is_free() -> None:
    ran = []
    late = Deadline(time.monotonic())
    with pytest.raises(DeadlineExceeded, match="after its deadline"), Turn().within(late):
        ran.append(True)
    assert not ran


def test_an_answer_that_comes_late_is_none() -> None:
    turn, deadline = Turn(), Deadline.after_ms(5)
    with pytest.raises(DeadlineExceeded, match="took longer"), turn.within(deadline):
        while deadline.seconds_left:
            pass
    with turn.within(soon()):  # the next one has its turn
        pass


def test_a_turn_is_given_back_when_the_run_fails() -> None:
    turn = Turn()
    with pytest.raises(ZeroDivisionError), turn.within(soon()):
        raise ZeroDivisionError
    with turn.within(soon()):
        pass


def test_a_run_returns_the_outputs() -> None:
    assert answers(run_rows(DoublingEngine(), rows(1, 2))) == [2, 4]


def test_a_run_in_which_the_model_raises_is_counted() -> None:
    before = REGISTRY.get_sample_value("service_failed_runs_total") or 0
    with pytest.raises(ModelFault):
        run_rows(DoublingEngine(), rows(DoublingEngine.poison))
    assert REGISTRY.get_sample_value("service_failed_runs_total") == before + 1


def test_what_the_runtime_raises_becomes_a_model_fault_without_internals() -> None:
    with pytest.raises(ModelFault) as fault:
        run_rows(DoublingEngine(), rows(DoublingEngine.poison))
    assert "poison" not in str(fault.value)
    assert isinstance(fault.value.__cause__, RuntimeError)


@pytest.mark.parametrize("shape", [(), (1,), (3, 1)])
def test_an_output_with_another_number_of_rows_is_a_model_fault(shape: tuple[int, ...]) -> None:
    class WrongRows(DoublingEngine):
        def run(self, inputs: Arrays) -> dict[str, Array]:
            return {"y": np.zeros(shape)}

    with pytest.raises(ModelFault, match="'y' of shape"):
        run_rows(WrongRows(), rows(1, 2))
