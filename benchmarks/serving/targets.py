"""What the ratios should be, and what they are: all of them of visits in the same repetition."""

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .visit import Visit

Visits = Mapping[str, Visit]  # of one workload in one repetition, by the name of the contestant


@dataclass(frozen=True)
class Target:
    """A ratio of one workload, and what it must be at least, or at most."""

    workload: str
    text: str
    limit: float
    of: Callable[[Visits], float | None]
    at_most: bool = False


@dataclass(frozen=True)
class Verdict:
    """The ratios of a target, one a repetition."""

    workload: str
    text: str
    limit: float
    at_most: bool
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle ratio."""
        return statistics.median(self.values)

    @property
    def met(self) -> bool:
        """Whether the median is on the right side of the limit."""
        return self.median <= self.limit if self.at_most else self.median >= self.limit


def throughput(first: str, second: str) -> Callable[[Visits], float | None]:
    """Return what tells how many times the throughput of another a contestant has."""

    def ratio(visits: Visits) -> float | None:
        if not {first, second} <= visits.keys() or not visits[second].capacity.throughput:
            return None
        return visits[first].capacity.throughput / visits[second].capacity.throughput

    return ratio


def goodput(load: str) -> Callable[[Visits], float | None]:
    """Return what tells the service's goodput under a load, as a share of its capacity."""

    def ratio(visits: Visits) -> float | None:
        service = visits.get("service")
        if service is None or load not in service.loads or not service.capacity.throughput:
            return None
        return service.loads[load].goodput / service.capacity.throughput

    return ratio


def p99(second: str, load: str) -> Callable[[Visits], float | None]:
    """Return what tells the service's p99 under a load as a multiple of another's."""

    def ratio(visits: Visits) -> float | None:
        both = [visits[name].loads.get(load) for name in ("service", second) if name in visits]
        times = [window.p99_ms for window in both if window and window.p99_ms]
        return times[0] / times[1] if len(times) == 2 else None

    return ratio


TARGETS = (
    Target("a", "LitServe", 3, throughput("service", "litserve")),
    Target("a", "MLServer", 3, throughput("service", "mlserver")),
    Target("a", "FastAPI under uvicorn", 3, throughput("service", "fastapi")),
    Target("a", "BentoML", 5, throughput("service", "bentoml")),
    Target("a", "the Flask script under gunicorn", 3, throughput("service", "flask")),
    Target("a", "mosec without batching", 1, throughput("service", "mosec")),
    Target("a", "the bare WSGI function on Granian", 0.55, throughput("service", "wsgi")),
    Target("b", "mosec with batching", 1, throughput("service", "mosec-batched")),
    Target("b", "the runtime in a loop", 0.8, throughput("service", "loop")),
    Target("b", "the same service without batching", 4, throughput("service", "service-none")),
    Target("c", "decode, preprocess and run in a loop", 0.9, throughput("service", "loop")),
    Target("c", "static-int8 against none", 2.5, throughput("service-int8", "service")),
    Target("a", "goodput at 200 % against capacity", 0.9, goodput("200%")),
    Target("b", "goodput at 200 % against capacity", 0.9, goodput("200%")),
    Target("a", "p99 at 50 % against mosec's", 1, p99("mosec", "50%"), at_most=True),
)


def verdicts(results: Mapping[str, Sequence[Visits]]) -> Iterator[Verdict]:
    """Yield how the targets stand of which anything was measured.

    `results` has the repetitions of each workload.
    """
    for target in TARGETS:
        ratios = [target.of(visits) for visits in results.get(target.workload, ())]
        if values := tuple(ratio for ratio in ratios if ratio is not None):
            yield Verdict(target.workload, target.text, target.limit, target.at_most, values)
