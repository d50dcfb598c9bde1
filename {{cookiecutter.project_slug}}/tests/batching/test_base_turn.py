"""The turn of a request: one at a time, in order of arrival, within the deadline."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from model_service.batching.base_turn import Turn
from model_service.deadline import Deadline
from model_service.errors import DeadlineExceeded

from ..engines import soon


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


def test_turns_are_given_in_order_of_arrival() -> None:
    turn, served = Turn(), list[int]()

    def come(number: int) -> None:
        with turn.within(soon()):
            served.append(number)

    with ThreadPoolExecutor(8) as pool, turn.within(soon()):
        for number in range(8):
            pool.submit(come, number)
            while turn.waiting <= number:
                time.sleep(0.0005)
    assert served == [*range(8)]


def test_who_gives_up_waiting_leaves_the_turn_to_others() -> None:
    turn = Turn()
    with turn.within(soon()), pytest.raises(DeadlineExceeded), turn.within(Deadline.after_ms(5)):
        pass
    with turn.within(soon()):
        pass


def test_a_turn_is_given_back_when_the_run_fails() -> None:
    turn = Turn()
    with pytest.raises(ZeroDivisionError), turn.within(soon()):
        raise ZeroDivisionError
    with turn.within(soon()):
        pass
