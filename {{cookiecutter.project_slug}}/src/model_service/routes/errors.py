"""Every failure as an answer: `{"error": sentence, "code": code, "request_id": id}`."""

import logging
from http import HTTPStatus

import msgspec
from flask import Flask, request
from werkzeug.exceptions import HTTPException

from .. import metrics
from ..errors import ServiceError
from ..schemas import ErrorBody
from .answer import Answer, answer
from .documented import JSON
from .envelope import REQUEST_ID

logger = logging.getLogger(__name__)


def register_error_handlers(app: Flask) -> None:
    """Answer every failure with the one error body, and never with a traceback or a page."""

    @app.errorhandler(Exception)
    def any_error(error: Exception) -> Answer:
        return failure(error, _request_id())

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Answer:
        status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
        sentence = error.description or status.description
        allowed = ", ".join(getattr(error, "valid_methods", None) or ())
        if status is HTTPStatus.NOT_FOUND:
            sentence = f"There is nothing at {request.path}: predictions are at POST /predict."
        if allowed:
            sentence = f"{request.path} does not take {request.method}: use {allowed}."
        allow = {"Allow": allowed} if allowed else {}
        return _answer(status, status.name.lower(), sentence, _request_id(), allow)


def failure(error: Exception, request_id: str) -> Answer:
    """Return the answer that any error is; one that is not the service's own is logged."""
    if isinstance(error, ServiceError):
        return answer_of(error, request_id)
    logger.exception("unexpected error", exc_info=error)
    sentence = "The service failed; its log has the reason under this request_id."
    return _answer(ServiceError.status, ServiceError.code, sentence, request_id, {})


def answer_of(error: ServiceError, request_id: str) -> Answer:
    """Return the answer that a failure of the service is; it is counted, and logged if ours."""
    if error.status is HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.error("%s", error, exc_info=error)
    if error.status >= HTTPStatus.SERVICE_UNAVAILABLE:
        metrics.REJECTED.labels(error.code).inc()
    headers = {}
    if error.status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    return _answer(error.status, error.code, str(error), request_id, headers)


def _request_id() -> str:
    return str(request.environ.get(REQUEST_ID, ""))


def _answer(
    status: HTTPStatus, code: str, sentence: str, request_id: str, headers: dict[str, str]
) -> Answer:
    body = msgspec.json.encode(ErrorBody(error=sentence, code=code, request_id=request_id))
    return answer(body, JSON, headers, status)
