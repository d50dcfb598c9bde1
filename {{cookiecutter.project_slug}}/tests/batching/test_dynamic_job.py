"""A job: its answer is complete with its last rows, or it is an error, and it comes once."""

import numpy as np
import pytest

from model_service.batching.dynamic_job import Job, Slice, join
from model_service.deadline import Deadline
from model_service.errors import DeadlineExceeded, ModelFault

from ..engines import answers, rows, soon


def job(*values: float, deadline: Deadline | None = None) -> Job:
    """Return a job of these rows."""
    return Job(rows(*values), deadline or soon())


def test_it_is_done_when_its_last_rows_are_delivered() -> None:
    whole = job(1, 2, 3)
    for taken, values in ((2, (2, 4)), (3, (6,))):
        assert not whole.done
        whole.taken = taken
        whole.deliver({"y": np.array(values)[:, None]})
    assert whole.done
    assert answers(whole.result()) == [2, 4, 6]


def test_an_error_is_its_answer() -> None:
    failed = job(1)
    failed.fail(ModelFault("The model failed."))
    assert failed.done
    with pytest.raises(ModelFault, match="The model failed"):
        failed.result()


def test_it_is_wanted_until_its_deadline_and_then_told_so() -> None:
    late = job(1, deadline=Deadline(0))
    assert job(1).wanted()
    assert not late.wanted()
    with pytest.raises(DeadlineExceeded):
        late.result()


def test_a_job_that_has_failed_is_not_wanted_and_keeps_its_error() -> None:
    failed = job(1, deadline=Deadline(0))
    failed.fail(ModelFault("The model failed."))
    assert not failed.wanted()
    with pytest.raises(ModelFault):
        failed.result()


def test_slices_are_joined_in_order() -> None:
    first, second = job(1, 2, 3), job(4)
    joined = join([Slice(first, 1, 3), Slice(second, 0, 1)])
    assert joined["x"][:, 0].tolist() == [2, 3, 4]


def test_one_slice_alone_is_not_copied() -> None:
    whole = job(1, 2)
    assert np.shares_memory(join([Slice(whole, 0, 2)])["x"], whole.rows["x"])
