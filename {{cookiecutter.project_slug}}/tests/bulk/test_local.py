"""Work in threads: in order, bounded, and an error reaches who asks."""

import threading
from collections.abc import Iterator

import pytest

from model_service.bulk.local import in_order

from ..engines import LIMIT_S


def test_results_come_in_order_whoever_is_done_first() -> None:
    second = threading.Event()

    def work(item: int) -> int:
        if item == 0:
            assert second.wait(LIMIT_S)
        if item == 1:
            second.set()
        return 10 * item

    assert list(in_order(work, range(5), 2)) == [0, 10, 20, 30, 40]


def test_few_items_are_taken_ahead() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for item in range(1000):
            taken.append(item)
            yield item

    results = in_order(lambda item: item, items(), 2)
    assert next(results) == 0
    assert len(taken) == 3
    results.close()  # type: ignore[attr-defined]


def test_an_error_ends_the_work() -> None:
    def work(item: int) -> int:
        if item == 3:
            raise ValueError("three")
        return item

    results = in_order(work, range(1000), 2)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="three"):
        next(results)
