"""The differences that are known, each with its reason, and what is none of Triton's business."""

from fnmatch import fnmatch
from typing import NamedTuple

from .compare import Differences


class Known(NamedTuple):
    """The requests, as a pattern of their names, the fields that may differ, and why they do."""

    requests: str
    fields: frozenset[str]
    reason: str


def _known(requests: str, fields: str, reason: str) -> Known:
    return Known(requests, frozenset(fields.split(", ")), reason)


KNOWN = [
    _known(
        "FP16: *JSON*",
        "status",
        "Triton neither takes nor gives FP16 as JSON; the service does, as any other number.",
    ),
    _known(
        "*: no rows, *",
        "status",
        "Triton wants the elements of a row where the shape says that there is none; by the "
        "protocol a tensor has as many elements as its shape says.",
    ),
    _known(
        "shape: a row more than the largest batch, *",
        "status",
        "Triton refuses more rows than a run takes; the service runs them in parts.",
    ),
    _known(
        "option: id of nothing",
        "id",
        "Triton leaves out an empty `id`; by the protocol an answer has the `id` of its request.",
    ),
    _known(
        "option: all as bytes, one named",
        "out_fp32: form",
        "By the extension `binary_data_output` holds for every output that does not say otherwise; "
        "Triton forgets it if an output is named.",
    ),
    _known(
        "number: NaN and infinity, bytes to JSON",
        "status",
        "Triton writes `NaN`, which is no JSON; the service says that the output needs bytes.",
    ),
    _known(
        "raw: two rows",
        "status",
        "Triton takes one row as a raw body; the service as many as there are bytes for.",
    ),
    _known(
        "coding: back in anything",
        "coding",
        "A client that takes any coding gets gzip from the service and none from Triton.",
    ),
    _known(
        "text: bytes that are no UTF-8",
        "status",
        "The service gives its model text, and so refuses an element that is none; Triton bytes.",
    ),
    _known(
        "GET: *live",
        "live",
        "Triton's body is empty, which the kserve client cannot read.",
    ),
    _known(
        "GET: *ready",
        "live, ready, name",
        "Triton's body is empty, which the kserve client cannot read.",
    ),
    _known("GET: server", "name, version, extensions", "Each tells of itself."),
    _known("GET: model", "platform", "Each tells its own runtime."),
    _known("GET: version", "platform", "Each tells its own runtime."),
]

# Hostile requests that Triton may well answer.
SOUND_FOR_TRITON = {
    "a sequence": "it has sequences",
    "another model": "it leaves keys that it does not know",
    "a repository": "it has one",
}


def reason_for(request: str, found: Differences) -> str | None:
    """Return why the differences of a request are right; None if that is not known."""
    for known in KNOWN:
        if fnmatch(request, known.requests) and found.keys() <= known.fields:
            return known.reason
    return None
