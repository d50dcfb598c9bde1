"""Addresses are taken apart, and requests are whole."""

import pytest

from model_service.benching.target import Request, Target
from model_service.errors import StartupError

KEY = "a-key-of-this-very-test"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8000", ("127.0.0.1", 8000, False, "")),
        ("http://models/", ("models", 80, False, "")),
        ("https://[::1]/digits/", ("::1", 443, True, "/digits")),
    ],
)
def test_an_address_is_taken_apart(url: str, expected: tuple[object, ...]) -> None:
    target = Target.at(url)
    assert (target.host, target.port, target.tls, target.prefix) == expected


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1:8000", "ftp://a", "http://", "http://a:b", "http://["]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(StartupError, match="is not the address of a service"):
        Target.at(url)


def test_a_request_is_whole_and_has_the_key() -> None:
    sent = Target.at("https://[::1]/digits", KEY).on_the_wire(
        Request("/predict", b"{}", {"A": "b"})
    )
    head, _, body = sent.partition(b"\r\n\r\n")
    line, *fields = head.decode().split("\r\n")
    assert (line, body) == ("POST /digits/predict HTTP/1.1", b"{}")
    assert dict(field.split(": ") for field in fields) == {
        "Host": "[::1]:443",
        "Content-Length": "2",
        "Content-Type": "application/json",
        "X-API-Key": KEY,
        "A": "b",
    }


def test_a_service_is_asked(target: Target) -> None:
    assert target.ask("GET", "/readyz")[0] == 200
    status, answer = target.ask("POST", "/predict", Request("/predict", b"{}"))
    assert (status, b"invalid_request" in answer) == (400, True)
