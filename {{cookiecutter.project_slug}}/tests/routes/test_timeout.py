"""A caller may ask for an earlier deadline than the service's, and never for a later one."""

import time

import pytest

from model_service.errors import InvalidRequest
from model_service.routes.timeout import HEADER, deadline_of

LONGEST_MS = 30_000


@pytest.mark.parametrize(
    ("timeout", "milliseconds"),
    [
        (None, LONGEST_MS),
        ("20000", 20_000),
        ("20000.5", 20_000.5),
        ("2e4", 20_000),
        ("30000", LONGEST_MS),
        ("30001", LONGEST_MS),
        ("1e300", LONGEST_MS),
    ],
)
def test_the_nearer_deadline_counts(timeout: str | None, milliseconds: float) -> None:
    before = time.monotonic()
    deadline = deadline_of(timeout, LONGEST_MS)
    assert before <= deadline.at - milliseconds / 1000 <= time.monotonic()


@pytest.mark.parametrize(
    "timeout", ["", "0", "-1", "soon", "1s", "nan", "inf", "-inf", "1,000", "0x10", "9" * 400]
)
def test_what_is_no_time_is_refused(timeout: str) -> None:
    with pytest.raises(InvalidRequest, match=f"{HEADER} is '.*': give the milliseconds") as refusal:
        deadline_of(timeout, LONGEST_MS)
    assert len(str(refusal.value)) < 120
