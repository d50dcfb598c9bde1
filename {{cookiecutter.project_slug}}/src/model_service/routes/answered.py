"""What is told of requests once they are answered: a line in the log each, and metrics."""

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from http import HTTPStatus
from types import MappingProxyType
from typing import NamedTuple

from .. import metrics
from ..tally import Histogram, Summary
from ..timings import Timings
from .answer import Answer

logger = logging.getLogger(__name__)

# Logged at debug, at any path: they come all the time.
PROBES = frozenset({"health.healthz", "health.readyz", "health.exposition", "v2.live", "v2.ready"})
QUEUE = "queue"  # among the steps of a prediction, with a metric of its own

answers = cache(metrics.REQUESTS.labels)
request_seconds = cache(metrics.REQUEST_SECONDS.labels)
prediction_seconds = cache(metrics.PREDICTION_SECONDS.labels)
step_seconds = cache(metrics.STEP_SECONDS.labels)


class Route(NamedTuple):
    """What answers a request: the name of the view, its path with placeholders, and what they are.

    A view that needs no Flask is here itself.
    """

    endpoint: str
    rule: str
    named: Mapping[str, str] = MappingProxyType({})
    view: Callable[..., Answer] | None = None


class Answered(NamedTuple):
    """A request and its answer; `at` is when it was given, in seconds since 1970.

    Of a prediction there are its timings, as far as it came.
    """

    at: float
    request_id: str
    method: str
    path: str
    route: Route
    status: int
    seconds: float
    timings: Timings | None


def tell(answered: Sequence[Answered]) -> None:
    """Count requests, and write the line of each; the payload is never logged."""
    for (rule, status), count in Counter((a.route.rule, a.status) for a in answered).items():
        answers(rule, status).inc(count)
    _count_seconds(answered)
    for one in answered:
        _log(one)


def _count_seconds(answered: Sequence[Answered]) -> None:
    seconds: dict[Histogram | Summary, list[float]] = defaultdict(list)
    for one in answered:
        seconds[request_seconds(one.route.rule)].append(one.seconds)
        if one.route.view:
            seconds[prediction_seconds(_outcome(one.status))].append(one.seconds)
        if one.timings:
            for step, taken in one.timings.seconds.items():
                metric = metrics.QUEUE_SECONDS if step == QUEUE else step_seconds(step)
                seconds[metric].append(taken)
    for timed, values in seconds.items():
        timed.count(values)


def _log(one: Answered) -> None:
    level = logging.DEBUG if one.route.endpoint in PROBES else logging.INFO
    if logger.isEnabledFor(level):
        fields = {
            "request_id": one.request_id,
            "method": one.method,
            "path": one.path,
            "status": one.status,
            "ms": round(one.seconds * 1000, 3),
        }
        said = {"name": logger.name, "levelno": level, "levelname": logging.getLevelName(level)}
        when = {"created": one.at, "msecs": one.at % 1 * 1000}
        logger.handle(logging.makeLogRecord({**said, **when, "msg": "request", "fields": fields}))


def _outcome(status: int) -> str:
    return "success" if status < HTTPStatus.BAD_REQUEST else "fail"
