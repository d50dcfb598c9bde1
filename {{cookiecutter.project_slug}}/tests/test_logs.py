"""Logs: one JSON object a line."""

import json
import logging
import sys

import pytest

from model_service.logs import JsonFormatter, config


def record(message: str, *args: object, **attributes: object) -> logging.LogRecord:
    """Return a log record with some of its attributes given."""
    made = logging.LogRecord("service", logging.WARNING, __file__, 1, message, args, None)
    vars(made).update(attributes)
    return made


def test_a_record_is_one_line_of_json() -> None:
    line = JsonFormatter().format(record("%s has\ntwo lines", "é"))
    assert "\n" not in line
    fields = json.loads(line)
    assert fields.pop("time").endswith("+00:00")
    assert fields == {"level": "warning", "logger": "service", "message": "é has\ntwo lines"}


def test_fields_of_a_record_stand_beside_its_message() -> None:
    line = json.loads(JsonFormatter().format(record("request", fields={"status": 200})))
    assert (line["message"], line["status"]) == ("request", 200)


def test_a_traceback_is_a_field_of_the_line() -> None:
    try:
        raise ValueError("the reason")
    except ValueError:
        line = JsonFormatter().format(record("failed", exc_info=sys.exc_info()))
    assert "\n" not in line
    assert "ValueError: the reason" in json.loads(line)["traceback"]


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
def test_a_level_of_the_settings_is_one_of_logging(level: str) -> None:
    assert isinstance(logging.getLevelName(config(level)["root"]["level"]), int)
