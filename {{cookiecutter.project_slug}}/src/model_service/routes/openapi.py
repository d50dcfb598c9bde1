"""`GET /openapi.json`: the routes of this service as an OpenAPI 3.1 document.

It is made of the types that read requests and write answers, the map of URLs, the model card, the
classes of errors and the settings, so that it cannot say anything else than they do.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import msgspec
from apispec import APISpec
from flask import Blueprint, Flask, Response, current_app
from werkzeug.routing import Rule

from ..errors import ModelHung, ModelNotReady, ServiceError, ShuttingDown, Unauthorized
from ..json_schema import Schema
from ..postprocessing import prediction_schema
from ..preprocessing import instance_schema
from ..schemas import ErrorBody
from ..service import Service
from ..settings import Settings
from ..startup import Running
from .auth import HEADER, is_open, read_keys
from .documented import JSON, Documentation, documentation_of, documented

REF = "#/components/schemas/{name}"
LONGEST_EXAMPLE = 8192  # bytes of JSON; a photo would hide all else
SCHEMES: Mapping[str, Schema] = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "header": {"type": "apiKey", "in": "header", "name": HEADER},
}
DOCUMENTATION = Documentation(
    "This document",
    "documentation",
    gives={JSON: {"type": "object"}},
    raises=(ModelHung, ModelNotReady, ShuttingDown),
)


def create_blueprint(service: Service) -> Blueprint:
    """Return `GET /openapi.json`; it describes the model's instances, so it waits for the model."""
    blueprint = Blueprint("openapi", __name__)
    made: list[bytes] = []  # the first answer, for it never changes

    @blueprint.get("/openapi.json")
    @documented(DOCUMENTATION)
    def openapi() -> Response:
        running = service.running
        if not made:
            made.append(msgspec.json.encode(describe(current_app, running, service.settings)))
        return Response(made[0], mimetype=JSON)

    return blueprint


def describe(app: Flask, running: Running, settings: Settings) -> dict[str, Any]:
    """Return the OpenAPI document of an application that serves a model."""
    card = running.model.card
    limits = f"A body has at most {settings.max_body_bytes} bytes, a request {settings.queue_rows}"
    limits += f" rows of the model; an answer comes within {settings.deadline_ms:g} ms."
    info = {"summary": card.description, "description": limits}
    spec = APISpec(card.name, card.version, "3.1.0", info=info)
    routes = [(rule, doc) for rule, doc in documentation_of(app) if doc]
    types = {ErrorBody} | {kind for _, doc in routes for kind in _types_of(doc)}
    _, schemas = msgspec.json.schema_components(types, ref_template=REF)
    schemas |= {
        "Instance": instance_schema(running.model.card),
        "Prediction": prediction_schema(running.model),
    }
    _add_examples(schemas, running)
    for name, schema in schemas.items():
        spec.components.schema(name, schema)
    keys = bool(read_keys(settings))
    for name, scheme in SCHEMES.items() if keys else ():
        spec.components.security_scheme(name, scheme)
    for rule, doc in routes:
        path = re.sub(r"<(?:[^<>:]+:)?([^<>]+)>", r"{\1}", rule.rule)
        asked = keys and not is_open(rule.rule)
        operation = _operation(rule, doc, asked)
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        spec.path(path, operations={method.lower(): operation for method in sorted(methods)})
    return spec.to_dict()


def _add_examples(schemas: dict[str, Schema], running: Running) -> None:
    """Add the model's golden instances, wherever a body holds a list of instances."""
    short = [one for one in running.examples if len(msgspec.json.encode(one)) <= LONGEST_EXAMPLE]
    if short:
        schemas["Instance"]["examples"] = short
        for schema in schemas.values():
            if "instances" in schema.get("properties", {}):
                schema["examples"] = [{"instances": short[:1]}]


def _operation(rule: Rule, doc: Documentation, asked: bool) -> dict[str, Any]:
    named = {"schema": {"type": "string"}, "required": True, "in": "path"}
    parameters = [{"name": name, **named} for name in sorted(rule.arguments)]
    parameters += [{"name": n, "in": "header", "schema": s} for n, s in doc.headers.items()]
    responses: dict[int, Any] = {200: {"description": "Success.", "content": _content(doc.gives)}}
    responses |= {status: {"description": text} for status, text in doc.also.items()}
    operation = {
        "summary": doc.summary,
        "tags": [doc.group],
        "parameters": parameters,
        "responses": responses | _errors((*doc.raises, *([Unauthorized] if asked else []))),
    }
    if doc.takes:
        operation["requestBody"] = {"required": True, "content": _content(doc.takes)}
    if asked:
        operation["security"] = [{name: []} for name in SCHEMES]
    return operation


def _errors(raised: tuple[type[ServiceError], ...]) -> dict[int, Any]:
    """Return the answers to errors: the codes of each status, and what they mean."""
    by_status: dict[int, list[type[ServiceError]]] = defaultdict(list)
    any_route: tuple[type[ServiceError], ...] = (ServiceError,)
    for error in any_route + raised:
        by_status[int(error.status)].append(error)
    answers = {}
    for status, errors in sorted(by_status.items()):
        codes = [error.code for error in errors]
        these = {"properties": {"code": {"enum": codes}}}
        schema = {"allOf": [{"$ref": REF.format(name="ErrorBody")}, these]}
        answers[status] = {"description": " or ".join(codes), "content": {JSON: {"schema": schema}}}
        if any(error.retry_after for error in errors):
            seconds = {"schema": {"type": "integer"}, "description": "Seconds to wait."}
            answers[status]["headers"] = {"Retry-After": seconds}
    return answers


def _content(bodies: Mapping[str, type | Schema]) -> dict[str, Any]:
    return {media_type: {"schema": _schema(body)} for media_type, body in bodies.items()}


def _schema(body: type | Schema) -> Schema:
    if isinstance(body, dict):
        return body
    (schema,), _ = msgspec.json.schema_components([body], ref_template=REF)
    return schema


def _types_of(doc: Documentation) -> list[type]:
    bodies = [*doc.gives.values(), *doc.takes.values()]
    return [body for body in bodies if isinstance(body, type)]
