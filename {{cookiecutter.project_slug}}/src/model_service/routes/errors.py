"""Every failure as an answer: `{"error": sentence, "code": code, "request_id": id}`."""

import logging
from http import HTTPStatus

import msgspec
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from .. import metrics
from ..errors import ServiceError
from ..schemas import ErrorBody

logger = logging.getLogger(__name__)


def register_error_handlers(app: Flask) -> None:
    """Answer every failure with the one error body, and never with a traceback or a page."""

    @app.errorhandler(ServiceError)
    def service_error(error: ServiceError) -> Response:
        if error.status is HTTPStatus.INTERNAL_SERVER_ERROR:
            logger.error("%s", error, exc_info=error)
        if error.status >= HTTPStatus.SERVICE_UNAVAILABLE:
            metrics.REJECTED.labels(error.code).inc()
        response = _answer(error.status, error.code, str(error))
        if error.status is HTTPStatus.UNAUTHORIZED:
            response.headers["WWW-Authenticate"] = "Bearer"
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
    body = ErrorBody(error=sentence, code=code, request_id=g.get("request_id", ""))
    return Response(msgspec.json.encode(body), status, mimetype="application/json")
