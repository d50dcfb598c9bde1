"""The application: put together from settings and a model, or refused with the reason."""

from pathlib import Path

import msgspec
import pytest
from flask import Flask

from model_service.app import create_app
from model_service.engine import Engine
from model_service.errors import (
    GoldenMismatch,
    InvalidModelCard,
    InvalidSettings,
)
from model_service.model_folder import GoldenExamples
from model_service.settings import Settings

MODEL, VERSION = "/<name:name>", "/<name:name>/versions/<name:version>"


def test_with_an_engine_it_is_ready_on_return(settings: Settings, engine: Engine) -> None:
    app = create_app(settings, engine)
    assert app.test_client().get("/readyz").status_code == 200


def test_without_settings_it_reads_the_environment(
    copied_model: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVICE_MODEL_DIR", str(copied_model))
    monkeypatch.setenv("SERVICE_MAX_BODY_BYTES", "1")
    client = create_app(engine=engine).test_client()
    assert client.get("/readyz").status_code == 200
    assert client.post("/predict", data=b"{}").status_code == 413


def test_a_setting_that_cannot_be_used_is_refused(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVICE_QUEUE_ROWS", "none")
    with pytest.raises(InvalidSettings, match="SERVICE_QUEUE_ROWS='none'"):
        create_app(engine=engine)


def test_a_folder_without_a_card_is_refused(tmp_path: Path, engine: Engine) -> None:
    with pytest.raises(InvalidModelCard, match="SERVICE_MODEL_DIR"):
        create_app(Settings(model_dir=str(tmp_path)), engine)


def test_an_engine_that_is_not_the_cards_is_refused(
    copied_model: Path, golden: GoldenExamples, engine: Engine
) -> None:
    wrong = {name: [[1e6 for _ in row] for row in rows] for name, rows in golden.outputs.items()}
    examples = {"instances": golden.instances, "outputs": wrong}
    (copied_model / "golden.json").write_bytes(msgspec.json.encode(examples))
    with pytest.raises(GoldenMismatch, match="Golden example 0"):
        create_app(Settings(model_dir=str(copied_model)), engine)


def test_it_has_the_routes_of_its_readme_and_no_folder_of_files(app: Flask) -> None:
    routes = {
        (rule.rule, *sorted((rule.methods or set()) & {"GET", "POST"}))
        for rule in app.url_map.iter_rules()
    }
    of_a_model = {"": "GET", "/ready": "GET", "/config": "GET", "/stats": "GET", "/infer": "POST"}
    assert routes == {
        ("/predict", "POST"),
        ("/v2", "GET"),
        ("/v2/health/live", "GET"),
        ("/v2/health/ready", "GET"),
        *((f"/v2/models/<name>{path}", method) for path, method in of_a_model.items()),
        *(
            (f"/v2/models/<name>/versions/<version>{path}", method)
            for path, method in of_a_model.items()
        ),
        ("/invocations", "POST"),
        *((f"/v1/models{path}", "GET") for path in ("", MODEL, VERSION)),
        *((f"/v1/models{path}/metadata", "GET") for path in (MODEL, VERSION)),
        *((f"/v1/models{path}:predict", "POST") for path in (MODEL, VERSION)),
        ("/healthz", "GET"),
        ("/readyz", "GET"),
        ("/ping", "GET"),
        ("/metrics", "GET"),
        ("/openapi.json", "GET"),
        ("/", "GET"),
        ("/docs", "GET"),
        ("/assets/<part>", "GET"),
    }


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "BREW"])
def test_what_is_no_success_has_the_one_error_body(method: str, app: Flask) -> None:
    client = app.test_client()
    for path in [rule.rule for rule in app.url_map.iter_rules()] + ["/nowhere", "/predict/a%00"]:
        answer = client.open(path, method=method)
        if answer.status_code >= 400:
            assert answer.content_type == "application/json"
            if method != "HEAD":
                assert answer.json is not None
                assert answer.json.keys() == {"error", "code", "request_id"}
