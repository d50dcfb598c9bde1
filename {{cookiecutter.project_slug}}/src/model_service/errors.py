"""Every failure of the service, with its HTTP status and its stable code.

    ServiceError                500 internal_error
    ├── InvalidRequest          400 invalid_request          not a well-formed request
    ├── BodyTooLarge            413 body_too_large
    ├── UnsupportedMediaType    415 unsupported_media_type
    ├── InvalidInstance         422 invalid_instance         an instance does not fit the model
    ├── TooManyInstances        422 too_many_instances
    ├── ModelFault              500 model_fault              the model raised or returned nonsense
    ├── ModelNotReady           503 model_not_ready          still loading
    ├── Overloaded              503 overloaded               the queue is full
    ├── DeadlineExceeded        504 deadline_exceeded
    └── StartupError            never an HTTP answer: the process says it and exits
        ├── InvalidSettings
        ├── InvalidModelCard
        ├── InvalidArtefact
        ├── DeviceUnavailable
        └── GoldenMismatch

The message of each is one sentence that the reader can act on. Every answer that is not a
success has the body `{"error": sentence, "code": code, "request_id": id}`.
"""

import logging
from http import HTTPStatus

import msgspec
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from . import metrics

logger = logging.getLogger(__name__)


class ServiceError(Exception):
    """Root of the tree; `retry_after` is in seconds and becomes the `Retry-After` header."""

    status: HTTPStatus = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "internal_error"
    retry_after: int | None = None


class InvalidRequest(ServiceError):
    status, code = HTTPStatus.BAD_REQUEST, "invalid_request"


class BodyTooLarge(ServiceError):
    status, code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large"


class UnsupportedMediaType(ServiceError):
    status, code = HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"


class InvalidInstance(ServiceError):
    status, code = HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_instance"


class TooManyInstances(ServiceError):
    status, code = HTTPStatus.UNPROCESSABLE_ENTITY, "too_many_instances"


class ModelFault(ServiceError):
    code = "model_fault"


class ModelNotReady(ServiceError):
    status, code, retry_after = HTTPStatus.SERVICE_UNAVAILABLE, "model_not_ready", 1


class Overloaded(ServiceError):
    status, code, retry_after = HTTPStatus.SERVICE_UNAVAILABLE, "overloaded", 1


class DeadlineExceeded(ServiceError):
    status, code = HTTPStatus.GATEWAY_TIMEOUT, "deadline_exceeded"


class StartupError(ServiceError):
    """The service cannot start; it says why and exits."""

    code = "startup_error"


class InvalidSettings(StartupError):
    """An environment variable has a value that cannot be used."""


class InvalidModelCard(StartupError):
    """`model.toml` cannot be read, or does not describe the model."""


class InvalidArtefact(StartupError):
    """The model file is missing, not the one of the card, or cannot be loaded."""


class DeviceUnavailable(StartupError):
    """The device that the service must have is not there or not in use."""


class GoldenMismatch(StartupError):
    """The model does not give the outputs that the golden examples expect."""


def register_error_handlers(app: Flask) -> None:
    """Answer every failure with the one error body, and never with a traceback or a page."""

    @app.errorhandler(ServiceError)
    def service_error(error: ServiceError) -> Response:
        if error.status is HTTPStatus.INTERNAL_SERVER_ERROR:
            logger.error("%s", error, exc_info=error)
        if error.status >= HTTPStatus.SERVICE_UNAVAILABLE:
            metrics.REJECTED.labels(error.code).inc()
        response = _answer(error.status, error.code, str(error))
        if error.retry_after is not None:
            response.headers["Retry-After"] = str(error.retry_after)
        return response

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
        sentence = error.description or status.description
        allowed = ", ".join(getattr(error, "valid_methods", None) or ())
        if status is HTTPStatus.NOT_FOUND:
            sentence = f"There is nothing at {request.path}: predictions are at POST /predict."
        if allowed:
            sentence = f"{request.path} does not take {request.method}: use {allowed}."
        response = _answer(status, status.name.lower(), sentence)
        if allowed:
            response.headers["Allow"] = allowed
        return response

    @app.errorhandler(Exception)
    def unexpected_error(error: Exception) -> Response:
        logger.exception("unexpected error", exc_info=error)
        sentence = "The service failed; its log has the reason under this request_id."
        return _answer(ServiceError.status, ServiceError.code, sentence)


def _answer(status: HTTPStatus, code: str, sentence: str) -> Response:
    body = {"error": sentence, "code": code, "request_id": g.get("request_id", "")}
    return Response(msgspec.json.encode(body), status, mimetype="application/json")
