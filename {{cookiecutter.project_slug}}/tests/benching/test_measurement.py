"""Figures in words."""

from model_service.benching.measurement import Measurement

FOUND = Measurement(1234.5, 3.14, 15.92, {}, 6.5)


def test_a_line_has_what_settings_are_chosen_by() -> None:
    assert FOUND.line() == "1,234 requests/s, p99 15.9 ms"


def test_errors_are_told_by_their_kind() -> None:
    found = Measurement(1.0, 1.0, 2.0, {"status 503": 2, "no answer": 1}, None)
    assert found.line() == "1 requests/s, p99 2.0 ms, errors: 2 x status 503, 1 x no answer"


def test_the_text_has_all_of_it() -> None:
    lines = dict(line.split("  ", 1) for line in FOUND.text().splitlines())
    told = {name: text.strip() for name, text in lines.items()}
    assert told == {
        "requests/s": "1,234",
        "p50": "3.1 ms",
        "p99": "15.9 ms",
        "errors": "none",
        "rows a run": "6.5",
    }
