"""What the metrics of all workers add up to, or those of this process alone."""

import os
from collections.abc import Iterator

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    generate_latest,
    multiprocess,
)
from prometheus_client.samples import Sample

from .metrics import MULTIPROC_DIR
from .tally import TALLY

CONTENT_TYPE = CONTENT_TYPE_LATEST


def as_text() -> bytes:
    """Return the metrics in Prometheus' text format."""
    return generate_latest(_registry())


def samples() -> Iterator[Sample]:
    """Yield each number of each metric, with its labels."""
    for metric in _registry().collect():
        yield from metric.samples


def _registry() -> CollectorRegistry:
    if MULTIPROC_DIR not in os.environ:
        return REGISTRY
    TALLY.count()
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
