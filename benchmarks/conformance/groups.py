"""What each case is about, and who asks for it: the protocol, its extensions, or we alone."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from . import hostile, kserve, suite
from .outcome import Outcome


class Asks(StrEnum):
    """Who asks for what a case expects."""

    PROTOCOL = "the protocol"
    EXTENSIONS = "its extensions, as Triton has them"
    WE = "beyond both: our own choice"


class Group(NamedTuple):
    """Cases that are about one thing; some are put to the rendered service alone."""

    title: str
    asks: Asks
    ours_alone: bool = False


HEALTH = Group("health", Asks.PROTOCOL)
METADATA = Group("metadata", Asks.PROTOCOL)
JSON = Group("tensors as JSON, every datatype", Asks.PROTOCOL)
ERRORS = Group("errors: an error status and its reason", Asks.PROTOCOL)
BINARY = Group("binary tensors, every datatype", Asks.EXTENSIONS)
MIXED = Group("JSON and binary in one message", Asks.EXTENSIONS)
COMPRESSION = Group("gzip and deflate", Asks.EXTENSIONS)
BINARY_ERRORS = Group("errors in what is binary or compressed", Asks.EXTENSIONS)
ASYNCIO = Group("the asyncio client, which sends all as octet-stream", Asks.EXTENSIONS)
TOLD = Group("configuration, statistics, extensions, classes", Asks.EXTENSIONS)
FAULT = Group("errors of the caller: 4xx, no traceback", Asks.WE)
WORDS = Group("the status and the words of a refusal", Asks.WE, ours_alone=True)
REFUSED = Group("refused, where a server may answer", Asks.WE)
V1 = Group("the V1 protocol on the same port", Asks.WE, ours_alone=True)

# Of Triton's clients, by name: the first that fits.
CLIENTS: tuple[tuple[str, Group], ...] = (
    ("readable .(a sequence|no time)", REFUSED),
    ("its status and words|what the service does not have|no number is refused", WORDS),
    ("readable|unknown model is not told", ERRORS),
    ("ready", HEALTH),
    ("extension|configuration|statistics|classes", TOLD),
    ("server is told|model is told", METADATA),
    ("mixed|(to binary-json|to json-binary)|(json-to binary|binary-to json)", MIXED),
    ("gzip|deflate", COMPRESSION),
    ("binary|as bytes", BINARY),
    ("json", JSON),
)
KSERVE: tuple[tuple[str, Group], ...] = (
    ("V1", V1),
    ("live|ready", HEALTH),
    ("infer, JSON", JSON),
    ("infer, binary", BINARY),
    ("readable", ERRORS),
    ("another model in the body", REFUSED),
)
HOSTILE: tuple[tuple[str, Group], ...] = (
    ("gzip|deflate|length|bytes|raw", BINARY_ERRORS),
    ("", ERRORS),
)
# In the order of the tables.
GROUPS: tuple[Group, ...] = (
    *(HEALTH, METADATA, JSON, ERRORS),
    *(BINARY, MIXED, COMPRESSION, BINARY_ERRORS, TOLD, ASYNCIO),
    *(FAULT, REFUSED, WORDS, V1),
)


def group(outcome: Outcome) -> Group:
    """Return the group of a case; raises LookupError if it has none."""
    source, name = outcome.source, outcome.name
    if source == hostile.BY_HTTP:
        return FAULT
    if source == hostile.SOURCE:
        return REFUSED if name in hostile.OURS_ALONE else _first(HOSTILE, name)
    if source == suite.ASYNCIO:
        return ASYNCIO
    return _first(KSERVE if source == kserve.SOURCE else CLIENTS, name)


def _first(rules: Sequence[tuple[str, Group]], name: str) -> Group:
    for pattern, found in rules:
        if re.search(pattern, name):
            return found
    raise LookupError(f"The case {name!r} belongs to no group of benchmarks/conformance/groups.py.")
