"""From what the load generator noted of each request to figures of one load."""

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import numpy as np

from .load import Records

PREDICT = "/predict"
PROBES = ("/healthz", "/readyz", "/metrics")


@dataclass(frozen=True)
class Times:
    """How long something took in milliseconds; of several windows the largest maximum."""

    p50_ms: float
    p99_ms: float
    max_ms: float


@dataclass(frozen=True)
class Window:
    """What came of the requests of one load; counts are a second.

    `load` and `share` are of the capacity that was measured just before. `goodput` are
    right answers within the deadline, `late` those after it and answers 504; `refused` are answers
    503 as they should be; `failed` is everything else, and probes that were not answered with 200.
    `others` is the share of the service's CPU that other processes had.
    """

    load: float
    offered: float
    goodput: float
    share: float
    refused: float
    late: float
    failed: float
    answers: Times | None
    refusals: Times | None
    probes: dict[str, Times]
    others: float | None


@dataclass(frozen=True)
class Span:
    """The requests that are looked at: those sent from `begin` on for so many seconds."""

    begin: float
    seconds: float

    def of(self, records: Records) -> Records:
        return [r for r in records if self.begin <= r["start"] < self.begin + self.seconds]


def span_after(records: Records, warm_up_s: float, seconds: float) -> Span:
    """Return the span that begins so long after the load was complete."""
    (complete,) = (record["start"] for record in records if record["name"] == "start")
    return Span(complete + warm_up_s, seconds)


def window(
    records: Records,
    span: Span,
    *,
    deadline_ms: float,
    load: float = 1.0,
    capacity: float | None = None,
    others: float | None = None,
) -> Window:
    """Return the figures of a span; without a capacity the goodput is the capacity itself."""
    sent = [record for record in span.of(records) if record["name"] == PREDICT]
    right = [r for r in sent if r.get("right")]
    good = [r for r in right if r["ms"] <= deadline_ms]
    refused = [r for r in sent if is_refusal(r)]
    late = len(right) - len(good)
    late += sum(r["status"] == HTTPStatus.GATEWAY_TIMEOUT for r in sent)
    probes = [record for record in span.of(records) if record["name"] in PROBES]
    unwell = [record for record in probes if record["status"] != HTTPStatus.OK]
    failed = len(sent) - len(good) - len(refused) - late + len(unwell)
    goodput = len(good) / span.seconds
    return Window(
        load=load,
        offered=len(sent) / span.seconds,
        goodput=goodput,
        share=goodput / (capacity or goodput or 1),
        refused=len(refused) / span.seconds,
        late=late / span.seconds,
        failed=failed / span.seconds,
        answers=times(r["ms"] for r in good),
        refusals=times(r["ms"] for r in refused),
        probes={
            path: taken
            for path in PROBES
            if (taken := times(r["ms"] for r in probes if r["name"] == path))
        },
        others=others,
    )


def is_refusal(record: dict[str, object]) -> bool:
    """Return whether a request was refused as it should be: with its code and when to retry."""
    return (
        record["status"] == HTTPStatus.SERVICE_UNAVAILABLE
        and record.get("code") == "overloaded"
        and str(record.get("retry_after")).isdigit()
    )


def times(milliseconds: Iterable[float]) -> Times | None:
    """Return median, 99th percentile and maximum; None if there is nothing."""
    values = list(milliseconds)
    if not values:
        return None
    p50, p99, longest = (float(value) for value in np.percentile(values, [50, 99, 100]))
    return Times(p50, p99, longest)


def median(windows: Sequence[Window]) -> Window:
    """Return the medians over repetitions of one load, figure by figure."""

    def of(figure: Callable[[Window], float]) -> float:
        return statistics.median(map(figure, windows))

    shares = [w.others for w in windows if w.others is not None]
    return Window(
        load=windows[0].load,
        offered=of(lambda w: w.offered),
        goodput=of(lambda w: w.goodput),
        share=of(lambda w: w.share),
        refused=of(lambda w: w.refused),
        late=of(lambda w: w.late),
        failed=of(lambda w: w.failed),
        answers=_median_times([w.answers for w in windows]),
        refusals=_median_times([w.refusals for w in windows]),
        probes={
            path: taken
            for path in PROBES
            if (taken := _median_times([w.probes.get(path) for w in windows]))
        },
        others=statistics.median(shares) if shares else None,
    )


def _median_times(measured: Iterable[Times | None]) -> Times | None:
    known = [taken for taken in measured if taken]
    if not known:
        return None
    return Times(
        statistics.median(taken.p50_ms for taken in known),
        statistics.median(taken.p99_ms for taken in known),
        max(taken.max_ms for taken in known),
    )
