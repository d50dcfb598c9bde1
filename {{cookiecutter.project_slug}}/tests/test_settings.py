"""Every environment variable: read with its type, or refused with its name, value and bounds."""

import msgspec
import pytest

from model_service.errors import InvalidSettings
from model_service.settings import Settings, variable, warnings


def test_without_variables_every_setting_has_its_default() -> None:
    assert Settings.from_env({}) == Settings()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("host", "::1", "::1"),
        ("port", "65535", 65535),
        ("workers", "0", 0),
        ("threads", "4096", 4096),
        ("intra_op_threads", "3", 3),
        ("model_dir", "/srv/my model", "/srv/my model"),
        ("device", "cpu", "cpu"),
        ("device", "cuda:12", "cuda:12"),
        ("max_batch_size", "1", 1),
        ("batch_wait_ms", "2.5", 2.5),
        ("batch_wait_ms", "0", 0.0),
        ("queue_rows", "1", 1),
        ("deadline_ms", "1", 1.0),
        ("max_body_bytes", "1", 1),
        ("max_image_pixels", "1", 1),
        ("grace_s", "3600", 3600),
        ("log_level", "debug", "debug"),
    ],
)
def test_a_variable_is_read_with_the_type_of_its_setting(
    name: str, text: str, value: object
) -> None:
    given = Settings.from_env({variable(name): text})
    assert given == msgspec.structs.replace(Settings(), **{name: value})
    assert type(getattr(given, name)) is type(value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("host", ""),
        ("port", ""),
        ("port", "eighty"),
        ("port", "80.5"),
        ("port", "0"),
        ("port", "65536"),
        ("port", "99999999999999999999"),
        ("workers", "-1"),
        ("threads", "4097"),
        ("intra_op_threads", "two"),
        ("model_dir", ""),
        ("device", "gpu"),
        ("device", "CUDA"),
        ("device", "cuda:"),
        ("device", "cuda:x"),
        ("device", "cuda:100"),
        ("device", " cpu"),
        ("max_batch_size", "0"),
        ("batch_wait_ms", "-0.1"),
        ("batch_wait_ms", "nan"),
        ("batch_wait_ms", "inf"),
        ("queue_rows", "0"),
        ("deadline_ms", "0"),
        ("deadline_ms", "nan"),
        ("max_body_bytes", "16MB"),
        ("max_image_pixels", "0"),
        ("grace_s", "1.5"),
        ("log_level", "loud"),
        ("log_level", "INFO"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_its_variable(name: str, text: str) -> None:
    with pytest.raises(InvalidSettings) as refusal:
        Settings.from_env({variable(name): text})
    assert f"{variable(name)}={text!r}" in str(refusal.value)


def test_the_process_environment_is_read_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICE_QUEUE_ROWS", "7")
    assert Settings.from_env().queue_rows == 7


@pytest.mark.parametrize("name", ["AIP_HTTP_PORT", "SAGEMAKER_BIND_TO_PORT", "PORT"])
def test_a_platform_says_the_port_and_then_asks_from_outside(name: str) -> None:
    given = Settings.from_env({name: "8080"})
    assert (given.host, given.port) == ("0.0.0.0", 8080)
    assert Settings.from_env({name: "8080", "SERVICE_HOST": "::1"}).host == "::1"
    assert Settings.from_env({name: ""}) == Settings()


def test_our_own_port_wins_over_that_of_a_platform_and_the_address_stays() -> None:
    given = Settings.from_env({"PORT": "8080", "SERVICE_PORT": "9000"})
    assert (given.host, given.port) == ("127.0.0.1", 9000)


def test_the_port_of_the_named_platform_wins_over_the_one_without_a_name() -> None:
    environ = {"PORT": "1", "SAGEMAKER_BIND_TO_PORT": "2", "AIP_HTTP_PORT": "3"}
    assert Settings.from_env(environ).port == 3
    assert Settings.from_env(environ | {"AIP_HTTP_PORT": ""}).port == 2


def test_vertex_says_its_routes() -> None:
    environ = {"AIP_PREDICT_ROUTE": "/v1/endpoints/1:predict", "AIP_HEALTH_ROUTE": "/health"}
    given = Settings.from_env(environ)
    assert (given.predict_route, given.health_route) == ("/v1/endpoints/1:predict", "/health")
    assert given.host == "127.0.0.1"
    ours = Settings.from_env(environ | {"SERVICE_PREDICT_ROUTE": "", "SERVICE_HEALTH_ROUTE": "/a"})
    assert (ours.predict_route, ours.health_route) == ("", "/a")


@pytest.mark.parametrize("name", ["AIP_PREDICT_ROUTE", "SERVICE_HEALTH_ROUTE"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "predict",
        "//predict",
        "/predict/",
        "/a/../b",
        "/./a",
        "/<name>",
        "/a b",
        "/a?b",
        "/\u00e9",
        "/a\n",
    ],
)
def test_a_route_that_is_no_path_is_named_with_its_variable(name: str, path: str) -> None:
    with pytest.raises(InvalidSettings) as refusal:
        Settings.from_env({name: path})
    assert f"{name}={path!r}" in str(refusal.value)


@pytest.mark.parametrize("port", ["http", "0", "65536", "80.5"])
def test_a_port_of_a_platform_that_cannot_be_used_is_named(port: str) -> None:
    with pytest.raises(InvalidSettings) as refusal:
        Settings.from_env({"PORT": port})
    assert f"PORT={port!r}" in str(refusal.value)


def test_other_variables_are_left_alone() -> None:
    environ = {"Port": "1", "port": "2", "service_port": "3", "MY_SERVICE_PORT": "4"}
    assert Settings.from_env(environ) == Settings()
    assert warnings(environ, frozenset()) == []


def test_a_setting_that_this_service_does_not_read_is_told() -> None:
    (sentence,) = warnings({"SERVICE_PORT": "1"}, frozenset({"port", "host"}))
    assert "SERVICE_PORT" in sentence
    assert "no effect" in sentence


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("SERVICE_MAX_BATCHSIZE", "SERVICE_MAX_BATCH_SIZE"),
        ("SERVICE_DEADLINE", "SERVICE_DEADLINE_MS"),
        ("SERVICE_PROT", "SERVICE_PORT"),
    ],
)
def test_a_misspelt_setting_is_told_with_the_one_that_was_meant(name: str, meant: str) -> None:
    (sentence,) = warnings({name: "1"}, frozenset())
    assert sentence.startswith(name)
    assert f"{meant}?" in sentence


def test_settings_that_have_an_effect_and_foreign_names_are_not_warned_of() -> None:
    environ = {"SERVICE_PORT": "1", "SERVICE_ACCOUNT_EMAIL": "a", "SERVICEPORT": "1"}
    assert warnings(environ, frozenset({"host"})) == []
