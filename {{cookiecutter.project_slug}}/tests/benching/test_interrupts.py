"""Signals end a block in an orderly way, or wait for its end."""

import signal
from collections.abc import Iterator

import pytest

from model_service.benching.interrupts import ENDING, put_off, raised

from ..processes import default_signals


@pytest.fixture
def dispositions() -> Iterator[None]:
    """Let signals do what they do by default."""
    with default_signals(*ENDING):
        yield


def test_a_signal_that_would_kill_ends_the_block(dispositions: None) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as ended, raised():
        signal.raise_signal(signal.SIGTERM)
        pytest.fail("It must not go on.")
    assert ended.value.code == 128 + signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_wait_for_the_end_of_a_block(number: signal.Signals, dispositions: None) -> None:
    done = False
    with pytest.raises((KeyboardInterrupt, SystemExit)), raised(), put_off():
        signal.raise_signal(number)
        done = True
    assert done


def test_what_is_ignored_stays_so() -> None:
    former = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with raised(), put_off():
            signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, former)
