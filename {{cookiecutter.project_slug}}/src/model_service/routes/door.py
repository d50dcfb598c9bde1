"""The door before Flask: predictions are refused or answered here, all else goes through it.

Past its capacity a service refuses about as many requests as it answers, and what a refusal costs
is lost to the answers. Flask takes four times as long as a refusal here, and as a small model.

Who gives the application hooks, such as `before_request` or those of an extension, has them called
for predictions, too: Flask answers those again then.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache, wraps

from flask import Flask, request
from werkzeug.exceptions import HTTPException

from ..service import Service
from ..wsgi import Environ, Start
from .answer import Answer, send
from .answered import Route
from .auth import key_check
from .envelope import REQUEST_ID, ROUTE, UNMATCHED
from .errors import answer_of, failure
from .timeout import DEADLINE, HEADER, deadline_of

# Of `GET healthz HTTP/1.1`: without one Werkzeug redirects to `/`, at any host that is named.
NO_PATH = "*"
TIMEOUT = f"HTTP_{HEADER.upper().replace('-', '_')}"

View = Callable[..., Answer]  # of the environ of a request, and of what its path names


def at_the_door(view: View) -> View:
    """Return a view for Flask of one that takes the environ, and that needs no Flask."""

    @wraps(view)
    def in_flask(**named: str) -> Answer:
        return view(request.environ, **named)

    in_flask.at_the_door = view  # type: ignore[attr-defined]
    return in_flask


def put_door_before(app: Flask, service: Service) -> None:
    """Answer predictions, and refuse them without room, before an application sees them.

    It notes the route of every request, and the deadline of each prediction. Raises
    InvalidSettings for keys that cannot be used.
    """
    inner, paths, check_key = app.wsgi_app, app.url_map.bind(""), key_check(service.settings)
    hooks = (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs)

    @lru_cache(64)  # paths are the callers' to choose, and long ones take memory
    def route_of(path: str, method: str) -> Route:
        try:
            rule, named = paths.match(path, method, return_rule=True)
        except HTTPException:
            return UNMATCHED
        view = getattr(app.view_functions[rule.endpoint], "at_the_door", None)
        return Route(rule.endpoint, rule.rule, named, view)

    def door(environ: Environ, start_response: Start) -> Iterable[bytes]:
        request_id = environ[REQUEST_ID]
        environ["PATH_INFO"] = environ["PATH_INFO"] or NO_PATH
        route = environ[ROUTE] = route_of(environ["PATH_INFO"], environ["REQUEST_METHOD"])
        if refusal := check_key(environ, route.endpoint):
            return send(answer_of(refusal, request_id), start_response)
        if route.view is None:
            return inner(environ, start_response)
        try:
            with service.in_flight:
                environ[DEADLINE] = deadline_of(environ.get(TIMEOUT), service.settings.deadline_ms)
                service.running.pipeline.check_room(environ[DEADLINE])
                if any(hooks):
                    return inner(environ, start_response)
                answer = route.view(environ, **route.named)
        except Exception as error:  # as Flask does: whatever it is, it is answered
            answer = failure(error, request_id)
        return send(answer, start_response)

    app.wsgi_app = door  # type: ignore[method-assign]
