"""The door: while there is no room, predictions are refused before any work is spent on them.

Past its capacity a service refuses about as many requests as it answers, and all that a refusal
costs is lost to the answers. So this stands before Flask, which takes four times as long.
"""

import time
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.exceptions import HTTPException

from ..errors import Overloaded, ServiceError
from ..in_flight import prediction_seconds
from ..logs import REQUEST_ID, ROUTE, UNMATCHED, Route
from ..service import Service
from .errors import answer_of
from .timeout import DEADLINE, HEADER, deadline_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

TIMEOUT = f"HTTP_{HEADER.upper().replace('-', '_')}"


def refuse_at_the_door(app: Flask, service: Service) -> None:
    """Put the door before an application: it notes the route and the deadline of each prediction.

    What it refuses has the status, code and sentence that the route itself would give.
    """
    inner, paths = app.wsgi_app, app.url_map.bind("")

    @lru_cache(64)  # paths are the callers' to choose, and long ones take memory
    def route_of(path: str, method: str) -> tuple[Route, bool]:
        """Return what answers, and whether it predicts: what predicts may be refused."""
        try:
            rule, _ = paths.match(path, method, return_rule=True)
        except HTTPException:
            return UNMATCHED, False
        documentation = getattr(app.view_functions[rule.endpoint], "documentation", None)
        predicts = documentation is not None and Overloaded in documentation.raises
        return Route(rule.endpoint, rule.rule), predicts

    def door(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        arrived = time.monotonic()
        route, predicts = route_of(environ["PATH_INFO"], environ["REQUEST_METHOD"])
        environ[ROUTE] = route
        if not predicts:
            return inner(environ, start_response)
        try:
            deadline = deadline_of(environ.get(TIMEOUT), service.settings.deadline_ms)
            environ[DEADLINE] = deadline
            service.running.pipeline.check_room(deadline)
            service.in_flight.check()
        except ServiceError as error:
            prediction_seconds("fail").observe(time.monotonic() - arrived)
            body, status, headers = answer_of(error, environ[REQUEST_ID])
            start_response(f"{status} {status.phrase}", [*headers.items()])
            return [body]
        return inner(environ, start_response)

    app.wsgi_app = door  # type: ignore[method-assign]
