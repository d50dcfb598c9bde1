"""From the answers of one load to its figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from .load import Answers

OK, REFUSED = 200, 503


@dataclass(frozen=True)
class Window:
    """What came of the requests of one load, a second, of those that were sent in its time.

    `throughput` are answers 200, `goodput` those within the deadline, `refused` are answers 503;
    `failed` is all else, what was never answered, too. Times are those of answers 200. `cpu_ms` is
    the CPU time of an answer 200, `others` the share of the server's CPU that others had.
    """

    offered: float
    throughput: float
    goodput: float
    refused: float
    failed: float
    p50_ms: float | None
    p99_ms: float | None
    statuses: Mapping[str, int] = field(default_factory=dict)
    cpu_ms: float | None = None
    others: float | None = None


def window(
    answers: Answers, warm_up_s: float, seconds: float, deadline_ms: float, *, closed: bool
) -> Window:
    """Return the figures of a load after its warm-up.

    Of a closed loop what ends within the window counts, of an open one what begins in it.
    """
    begin = answers.sent.min(initial=np.inf) + warm_up_s
    counted_at = answers.sent + answers.ms / 1000 if closed else answers.sent
    inside = (counted_at >= begin) & (counted_at < begin + seconds)
    status, ms = answers.status[inside], answers.ms[inside]
    right = ms[status == OK]
    refused = int((status == REFUSED).sum())
    p50, p99 = map(float, np.percentile(right, [50, 99])) if len(right) else (None, None)
    values, counts = np.unique(status, return_counts=True)
    return Window(
        offered=len(status) / seconds,
        throughput=len(right) / seconds,
        goodput=int((right <= deadline_ms).sum()) / seconds,
        refused=refused / seconds,
        failed=(len(status) - len(right) - refused) / seconds,
        p50_ms=p50,
        p99_ms=p99,
        statuses={str(value): int(count) for value, count in zip(values, counts, strict=True)},
    )
