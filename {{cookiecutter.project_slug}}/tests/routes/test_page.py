"""The pages: complete, of this input kind, from nowhere else, and away if they are not wanted."""

import gzip
import re

import msgspec
import pytest
from flask.testing import FlaskClient

from model_service.app import create_app, service_of
from model_service.engine import Engine
from model_service.errors import ModelHung
from model_service.preprocessing import KIND
from model_service.routes.page import FOLDER, INPUT
from model_service.settings import Settings

PAGES = ("/", "/docs")
ALIVE = {"status": "alive"}
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PARTS = re.compile(r"""(?:src|href)="(assets/[^"]+)"|from "\./([^"]+)\"""")


def parts_of(path: str, client: FlaskClient) -> set[str]:
    """Return the paths of all that a page or a part of it names."""
    found = (
        PARTS.findall(client.get(path, headers=BROWSER).text) if not path.endswith(".gz") else []
    )
    return {f"/{asset}" if asset else f"/assets/{module}" for asset, module in found}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_there_with_all_its_parts(path: str, client: FlaskClient) -> None:
    page = client.get(path, headers=BROWSER)
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert INPUT not in page.data
    parts = parts_of(path, client)
    parts |= {one for part in parts for one in parts_of(part, client)}
    assert len(parts) > 3
    for part in parts:
        assert client.get(part).status_code == 200, part


def test_the_page_is_for_this_kind_of_input(client: FlaskClient) -> None:
    assert f"/assets/{KIND}.js" in parts_of("/", client)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_takes_nothing_from_elsewhere_and_no_inline_script(
    path: str, client: FlaskClient
) -> None:
    page = client.get(path, headers=BROWSER)
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self';" in policy
    assert "http" not in page.text
    assert "<script>" not in page.text


@pytest.mark.parametrize("accept", ["", "*/*", "application/json", "text/html;q=0.5, */*"])
def test_who_asks_for_no_page_is_told_whether_the_service_is_alive(
    accept: str, client: FlaskClient
) -> None:
    answer = client.get("/", headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.json) == (200, ALIVE)
    assert "Accept" in answer.vary
    assert "Accept" in client.get("/", headers=BROWSER).vary


def test_a_service_that_hangs_is_not_alive_and_shows_its_page(
    settings: Settings, engine: Engine
) -> None:
    app = create_app(settings, engine)
    service_of(app).give_up(ModelHung("It hangs."))
    assert app.test_client().get("/").status_code == 503
    assert app.test_client().get("/", headers=BROWSER).mimetype == "text/html"


def test_a_part_is_sent_again_only_if_it_has_changed(client: FlaskClient) -> None:
    first = client.get("/assets/page.css")
    again = client.get("/assets/page.css", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")


def test_what_lies_compressed_is_sent_so(client: FlaskClient) -> None:
    (name,) = [file.name for file in FOLDER.iterdir() if file.name.endswith(".gz")]
    answer = client.get(f"/assets/{name}")
    assert (answer.mimetype, answer.content_encoding) == ("text/javascript", "gzip")
    assert b"RapiDoc" in gzip.decompress(answer.data)


@pytest.mark.parametrize("name", ["nothing", "..", "%2e%2e/settings.py", "page.css/"])
def test_there_is_nothing_but_the_parts(name: str, client: FlaskClient) -> None:
    answer = client.get(f"/assets/{name}")
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_a_request_without_a_path_is_not_redirected_to_the_page(client: FlaskClient) -> None:
    assert client.get("/", environ_overrides={"PATH_INFO": ""}).status_code == 404


def test_pages_that_are_not_wanted_are_not_there(settings: Settings, engine: Engine) -> None:
    client = create_app(msgspec.structs.replace(settings, page=False), engine).test_client()
    for path in ("/docs", "/assets/page.css"):
        assert client.get(path).status_code == 404
    assert client.get("/", headers=BROWSER).json == ALIVE
    assert client.get("/openapi.json").status_code == 200
