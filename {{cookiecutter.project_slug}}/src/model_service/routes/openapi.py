"""`GET /openapi.json`: the routes of this service as an OpenAPI 3.1 document.

It is made of the types that read requests and write answers, the map of URLs, the model card, the
classes of errors and the settings, so that it cannot say anything else than they do.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from apispec import APISpec
from flask import Blueprint, Flask, Response, current_app

from ..errors import ServiceError, Unauthorized
from ..json_schema import Schema
from ..keys import read_keys
from ..postprocessing import prediction_schema
from ..preprocessing import instance_schema
from ..schemas import ErrorBody
from ..service import Service
from ..settings import Settings
from ..startup import Running
from .auth import HEADER, OPEN
from .documented import JSON, OBJECT, UNAVAILABLE, Documentation, documentation_of, documented

REF = "#/components/schemas/{name}"
LONGEST_EXAMPLE = 8192  # bytes of JSON; a photo would hide all else
SCHEMES: Mapping[str, Schema] = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "header": {"type": "apiKey", "in": "header", "name": HEADER},
}
DOCUMENTATION = Documentation(
    "This document", "documentation", gives={JSON: OBJECT}, raises=UNAVAILABLE
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
    examples = _examples(running)
    schemas = _types_of([doc for _, doc in routes])
    schemas["Instance"] = instance_schema(card) | {"examples": examples}
    schemas["Prediction"] = prediction_schema(running.model)
    for name, schema in schemas.items():
        spec.components.schema(name, schema)
    keys = bool(read_keys(settings))
    for name, scheme in SCHEMES.items() if keys else ():
        spec.components.security_scheme(name, scheme)
    for rule, doc in routes:
        path = re.sub(r"<(?:[^<>:]+:)?([^<>]+)>", r"{\1}", rule.rule)
        operation = _operation(doc, examples, asks=keys and rule.endpoint not in OPEN)
        values = {"name": card.name, "version": card.version}
        operation["parameters"] += [_in_path(key, values) for key in sorted(rule.arguments)]
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        spec.path(path, operations={method.lower(): operation for method in sorted(methods)})
    return spec.to_dict()


def _examples(running: Running) -> list[Any]:
    """Return the golden instances that are short enough to be read."""
    return [one for one in running.examples if len(msgspec.json.encode(one)) <= LONGEST_EXAMPLE]


def _types_of(docs: list[Documentation]) -> dict[str, Schema]:
    """Return the schema of each type that is read or written, by its name."""
    bodies = [body for doc in docs for body in (*doc.gives.values(), *doc.takes.values())]
    types = [ErrorBody, *(body for body in bodies if isinstance(body, type))]
    _, schemas = msgspec.json.schema_components(types, ref_template=REF)
    return schemas


def _operation(doc: Documentation, examples: list[Any], asks: bool) -> dict[str, Any]:
    """Return what one route takes and gives; `asks` for a key or not."""
    responses: dict[int, Any] = {200: {"description": "Success.", "content": _content(doc.gives)}}
    responses |= {status: {"description": text} for status, text in doc.also.items()}
    operation = {
        "summary": doc.summary,
        "tags": [doc.group],
        "parameters": [
            {"name": name, "in": "header", "schema": schema} for name, schema in doc.headers.items()
        ],
        "responses": responses | _errors((*doc.raises, *([Unauthorized] if asks else []))),
    }
    if doc.takes:
        content = _content(doc.takes)
        for media_type, body in doc.takes.items():
            if examples and "instances" in getattr(body, "__struct_fields__", ()):
                content[media_type]["example"] = {"instances": examples[:1]}
        operation["requestBody"] = {"required": True, "content": content}
    if asks:
        operation["security"] = [{name: []} for name in SCHEMES]
    return operation


def _in_path(key: str, values: Mapping[str, str]) -> Schema:
    """Return a part of a path; what names the model can have one value only."""
    schema = {"type": "string"} | ({"const": values[key]} if key in values else {})
    return {"name": key, "in": "path", "required": True, "schema": schema}


def _errors(raised: tuple[type[ServiceError], ...]) -> dict[int, Any]:
    """Return the answers to errors: each status with its codes."""
    every: tuple[type[ServiceError], ...] = (ServiceError, *raised)
    answers = {}
    for status in sorted({error.status for error in every}):
        errors = [error for error in every if error.status is status]
        codes = [error.code for error in errors]
        if status is HTTPStatus.NOT_FOUND:
            codes.append("not_found")  # a name with a slash or a colon makes another path
        these = {"properties": {"code": {"enum": codes}}}
        schema = {"allOf": [{"$ref": REF.format(name="ErrorBody")}, these]}
        answers[int(status)] = {
            "description": ", ".join(codes),
            "content": {JSON: {"schema": schema}},
        }
        if any(error.retry_after for error in errors):
            seconds = {"schema": {"type": "integer"}, "description": "Seconds to wait."}
            answers[int(status)]["headers"] = {"Retry-After": seconds}
    return answers


def _content(bodies: Mapping[str, type | Schema]) -> dict[str, Any]:
    return {media_type: {"schema": _schema(body)} for media_type, body in bodies.items()}


def _schema(body: type | Schema) -> Schema:
    if isinstance(body, dict):
        return body
    (schema,), _ = msgspec.json.schema_components([body], ref_template=REF)
    return schema
