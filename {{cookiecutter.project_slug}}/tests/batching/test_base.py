"""The bound on admitted rows, and the checks around a run."""

import numpy as np
import pytest

from model_service.arrays import Array, Arrays
from model_service.batching.base import Admission, run_rows
from model_service.errors import ModelFault, Overloaded, TooManyInstances

from ..engines import DoublingEngine, answers, rows


def test_admits_up_to_the_limit_and_no_row_more() -> None:
    admission = Admission(3)
    with admission.rows(2), admission.rows(1), pytest.raises(Overloaded), admission.rows(1):
        pass


def test_gives_the_room_back_when_the_work_is_done_or_has_failed() -> None:
    admission = Admission(2)
    with pytest.raises(ZeroDivisionError), admission.rows(2):
        raise ZeroDivisionError
    with admission.rows(2):
        pass


def test_says_at_once_that_a_request_can_never_fit() -> None:
    with pytest.raises(TooManyInstances, match=r"5 .* at most 4"), Admission(4).rows(5):
        pass


def test_a_run_returns_the_outputs() -> None:
    assert answers(run_rows(DoublingEngine(), rows(1, 2))) == [2, 4]


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
