"""Every failure of the service, with its HTTP status and its stable code.

    ServiceError                500 internal_error
    ├── InvalidRequest          400 invalid_request          not a well-formed request
    ├── Unauthorized            401 unauthorized             no valid key
    ├── ModelNotFound           404 model_not_found          another model, or another version
    ├── NotAcceptable           406 not_acceptable           the answer has no such form
    ├── BodyTooLarge            413 body_too_large
    ├── UnsupportedMediaType    415 unsupported_media_type
    ├── InvalidInstance         422 invalid_instance         an instance does not fit the model
    ├── TooManyInstances        422 too_many_instances
    ├── ModelFault              500 model_fault              the model raised or returned nonsense
    ├── ModelNotReady           503 model_not_ready          still loading
    ├── ModelHung               503 model_hung               a run does not end
    ├── OutOfMemory             503 out_of_memory            not even one row fits the device
    ├── Overloaded              503 overloaded               the queue is full
    ├── ShuttingDown            503 shutting_down            after SIGTERM
    ├── DeadlineExceeded        504 deadline_exceeded
    └── StartupError            never an HTTP answer: the process says it and exits
        ├── InvalidSettings
        ├── InvalidModelCard
        ├── InvalidArtefact
        ├── DeviceUnavailable
        ├── GoldenMismatch
        ├── ImportRefused                                    nothing was changed
        └── JobRefused                          `predict` cannot begin, or go on

The message of each is one sentence that the reader can act on. `routes/errors.py` answers them.
"""

from http import HTTPStatus


class ServiceError(Exception):
    """Root of the tree; `retry_after` is in seconds and becomes the `Retry-After` header."""

    status: HTTPStatus = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "internal_error"
    retry_after: int | None = None


class InvalidRequest(ServiceError):
    status, code = HTTPStatus.BAD_REQUEST, "invalid_request"


class Unauthorized(ServiceError):
    status, code = HTTPStatus.UNAUTHORIZED, "unauthorized"


class ModelNotFound(ServiceError):
    status, code = HTTPStatus.NOT_FOUND, "model_not_found"


class NotAcceptable(ServiceError):
    status, code = HTTPStatus.NOT_ACCEPTABLE, "not_acceptable"


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


class ModelHung(ServiceError):
    status, code, retry_after = HTTPStatus.SERVICE_UNAVAILABLE, "model_hung", 5


class OutOfMemory(ServiceError):
    status, code, retry_after = HTTPStatus.SERVICE_UNAVAILABLE, "out_of_memory", 5


class Overloaded(ServiceError):
    status, code, retry_after = HTTPStatus.SERVICE_UNAVAILABLE, "overloaded", 1


class ShuttingDown(ServiceError):
    status, code, retry_after = HTTPStatus.SERVICE_UNAVAILABLE, "shutting_down", 1


class DeadlineExceeded(ServiceError):
    status, code = HTTPStatus.GATEWAY_TIMEOUT, "deadline_exceeded"


class StartupError(ServiceError):
    """The service cannot start; it says why and exits, with `exit_code`."""

    code = "startup_error"
    exit_code = 1


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


class ImportRefused(StartupError):
    """A file cannot become the model of this service; the one that it has stays as it is."""

    exit_code = 2


class JobRefused(StartupError):
    """`predict` cannot begin with these inputs and this output, or cannot go on."""
