"""What a route says of itself in the service's OpenAPI document, written beside the route."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Flask
from werkzeug.routing import Rule

from ..errors import (
    BodyTooLarge,
    DeadlineExceeded,
    InvalidInstance,
    InvalidRequest,
    ModelFault,
    ModelHung,
    ModelNotFound,
    ModelNotReady,
    OutOfMemory,
    Overloaded,
    ServiceError,
    ShuttingDown,
    TooManyInstances,
    UnsupportedMediaType,
)
from ..json_schema import Schema
from .timeout import DOCUMENTED

JSON = "application/json"
TEXT: Schema = {"type": "string"}
BYTES: Schema = {"type": "string", "format": "binary"}
OBJECT: Schema = {"type": "object"}

# What routes raise that ask for the model; that find it by its name; that predict.
UNAVAILABLE = (ModelNotReady, ShuttingDown, ModelHung)
NO_MODEL = (ModelNotFound, *UNAVAILABLE)
REFUSALS = (
    *(InvalidRequest, BodyTooLarge, UnsupportedMediaType, InvalidInstance, TooManyInstances),
    *(ModelFault, OutOfMemory, Overloaded, DeadlineExceeded, *UNAVAILABLE),
)

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Documentation:
    """What a route takes, gives and raises.

    A body is described by the type that msgspec reads or writes, or else by a JSON Schema, for each
    of its media types. `also` are further statuses; 500, and 401 with keys, need not be named.
    """

    summary: str
    group: str
    gives: Mapping[str, type | Schema]
    takes: Mapping[str, type | Schema] = field(default_factory=dict)
    headers: Mapping[str, Schema] = field(default_factory=dict)
    raises: tuple[type[ServiceError], ...] = ()
    also: Mapping[int, str] = field(default_factory=dict)


def predicting(
    summary: str,
    group: str,
    gives: Mapping[str, type | Schema],
    takes: Mapping[str, type | Schema],
    headers: Mapping[str, Schema] | None = None,
    raises: tuple[type[ServiceError], ...] = (),
) -> Documentation:
    """Return the documentation of a route that predicts, with what all of these take and raise."""
    headers = {**DOCUMENTED, **(headers or {})}
    return Documentation(summary, group, gives, takes, headers, (*REFUSALS, *raises))


def documented(documentation: Documentation) -> Callable[[View], View]:
    """Return a decorator that documents a route; it stands below the one that makes the route."""

    def decorate(view: View) -> View:
        view.documentation = documentation  # type: ignore[attr-defined]
        return view

    return decorate


def documentation_of(app: Flask) -> list[tuple[Rule, Documentation | None]]:
    """Return every route of an application with what it says of itself, if it does."""
    return [
        (rule, getattr(app.view_functions[rule.endpoint], "documentation", None))
        for rule in app.url_map.iter_rules()
    ]
