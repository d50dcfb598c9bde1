"""The pages for people: one to try the model on, `/`, and one to read and try its routes, `/docs`.

All that they need lies in `assets/`, so that they work without any other server. Who asks `/` for
no page is a client of V1 that asks whether the service is alive.
"""

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import PurePath

from flask import Blueprint, Response, abort, jsonify, request

from ..errors import ModelHung
from ..preprocessing import KIND
from ..service import Service
from .documented import JSON, TEXT, Documentation, documented
from .health import Health

FOLDER = resources.files(__package__.rpartition(".")[0]) / "assets"
INPUT = b"<!-- input -->"  # in page.html: here comes the part of the input kind
SERVED = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
COMPRESSED = ".gz"  # which every browser takes
ONLY_OURS = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data: blob:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'self'"
)
HEADERS = {
    "Cache-Control": "no-cache",  # the browser keeps it, and asks whether it has changed
    "Content-Security-Policy": ONLY_OURS,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

GROUP = "documentation"
UNCHANGED = {304: "It has not changed."}
HTML = "text/html"
INDEX = Documentation(
    "The page to try the model on; for who asks for no page, whether the process is alive",
    GROUP,
    gives={JSON: Health, HTML: TEXT},
    raises=(ModelHung,),
    also=UNCHANGED,
)
PART = Documentation(
    "A part of a page",
    GROUP,
    gives={media_type.partition(";")[0]: TEXT for media_type in SERVED.values()},
    also=UNCHANGED | {404: "There is no such part."},
)


def create_blueprint(service: Service) -> Blueprint:
    """Return `GET /`, and if pages are wanted `GET /docs` and `GET /assets/<part>`."""
    blueprint = Blueprint("page", __name__)
    files = {file.name: file.read_bytes() for file in FOLDER.iterdir() if _is_served(file)}
    page = files["page.html"].replace(INPUT, files[f"{KIND}.html"])

    @blueprint.get("/")
    @documented(INDEX)
    def index() -> Response:
        asked = request.accept_mimetypes.best_match([JSON, HTML])
        if asked == HTML and service.settings.page:
            response = _answer("page.html", page)
        else:
            service.check_alive()
            response = jsonify(Health(status="alive"))
        response.vary.add("Accept")
        return response

    if not service.settings.page:
        return blueprint

    @blueprint.get("/docs")
    @documented(Documentation("The page of this document", GROUP, {HTML: TEXT}, also=UNCHANGED))
    def docs() -> Response:
        response = _answer("docs.html", files["docs.html"])
        response.headers["Content-Security-Policy"] += " 'unsafe-inline'"  # RapiDoc's own style
        return response

    @blueprint.get("/assets/<part>")
    @documented(PART)
    def asset(part: str) -> Response:
        return _answer(part, files[part]) if part in files else abort(404)

    return blueprint


def _is_served(file: Traversable) -> bool:
    return PurePath(file.name.removesuffix(COMPRESSED)).suffix in SERVED


def _answer(name: str, content: bytes) -> Response:
    media_type = SERVED[PurePath(name.removesuffix(COMPRESSED)).suffix]
    response = Response(content, content_type=media_type, headers=HEADERS)
    if name.endswith(COMPRESSED):
        response.headers["Content-Encoding"] = "gzip"
    response.add_etag()
    response.make_conditional(request)
    return response
