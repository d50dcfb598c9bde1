"""What the figures should be, and whether they are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .figures import Window
from .measure import Result

FULL_LOAD = 2.0  # of the capacity: the load whose figures have targets
MIN_SHARE, MAX_REFUSAL_MS, MAX_PROBE_MS, MAX_IDLE = 0.9, 50.0, 100.0, 0.01


@dataclass(frozen=True)
class Verdict:
    """A target of one way of batching, and whether it was met."""

    batching: str
    target: str
    measured: str
    met: bool


def verdicts(results: Sequence[Result]) -> list[Verdict]:
    """Return how each way of batching stands to the targets that were measured."""
    return [
        Verdict(result.batching, *verdict)
        for result in results
        for verdict in (
            *_idle(result),
            *(v for window in result.loads if window.load == FULL_LOAD for v in _loaded(window)),
        )
    ]


def _idle(result: Result) -> Iterator[tuple[str, str, bool]]:
    if result.idle is not None:
        yield (
            f"idle: less than {MAX_IDLE:.0%} of a CPU",
            f"{result.idle:.2%}",
            result.idle < MAX_IDLE,
        )


def _loaded(window: Window) -> Iterator[tuple[str, str, bool]]:
    yield (
        f"goodput at least {MIN_SHARE:.0%} of the capacity",
        f"{window.share:.0%}",
        window.share >= MIN_SHARE,
    )
    within = {f"`{path}`": (taken, MAX_PROBE_MS) for path, taken in window.probes.items()}
    if window.refusals:
        within = {"the refusals": (window.refusals, MAX_REFUSAL_MS), **within}
    for what, (taken, limit_ms) in within.items():
        yield (
            f"99 % of {what} in less than {limit_ms:.0f} ms",
            f"{taken.p99_ms:.0f} ms",
            taken.p99_ms < limit_ms,
        )
