"""Work that is asked for is done once, soon, for all who asked."""

import threading
import time

from model_service.later import PAUSE_S, Later

LIMIT_S = 10


def test_it_is_done_once_for_all_who_asked_in_a_moment_and_again_for_those_who_ask_later() -> None:
    done, times = threading.Semaphore(0), []

    def work() -> None:
        times.append(time.monotonic())
        done.release()

    later = Later("test", work)
    for turn in range(1, 4):
        asked = time.monotonic()
        for _ in range(100):
            later.ask()
        assert done.acquire(timeout=LIMIT_S)
        assert times[-1] - asked >= PAUSE_S / 2
        assert len(times) == turn


def test_who_asks_while_it_is_done_has_it_done_again() -> None:
    begun, go_on, done = threading.Event(), threading.Event(), threading.Semaphore(0)

    def work() -> None:
        begun.set()
        assert go_on.wait(LIMIT_S)
        done.release()

    later = Later("test", work)
    later.ask()
    assert begun.wait(LIMIT_S)
    later.ask()
    go_on.set()
    assert done.acquire(timeout=LIMIT_S)
    assert done.acquire(timeout=LIMIT_S)
