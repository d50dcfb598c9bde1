"""The README's tables say what the code does."""

import re
from pathlib import Path

import msgspec

from model_service import errors
from model_service.resources import IGNORED_SETTINGS
from model_service.settings import Settings, variable

README = Path(__file__).parents[1].joinpath("README.md").read_text(encoding="utf-8")


def all_errors(root: type[errors.ServiceError]) -> set[type[errors.ServiceError]]:
    """Return an error class and everything derived from it."""
    return {root}.union(*(all_errors(error) for error in root.__subclasses__()))


def test_the_table_of_settings_is_the_one_of_the_code() -> None:
    rows = re.findall(r"^\| `(SERVICE_\w+)` \| (?:`(.*?)` )?\| (.*) \|$", README, re.MULTILINE)
    assert len({name for name, _, _ in rows}) == len(rows)
    expected = {
        variable(field.name): (shown(field.default), help_of(field))
        for field in msgspec.structs.fields(Settings)
        if field.name not in IGNORED_SETTINGS
    }
    assert {name: default for name, default, _ in rows} == {
        name: default for name, (default, _) in expected.items()
    }
    for name, _, text in rows:
        assert text.startswith(expected[name][1])


def shown(default: object) -> str:
    """Return a default as it is written in the environment."""
    return str(default).lower() if isinstance(default, bool) else str(default).removesuffix(".0")


def help_of(field: msgspec.structs.FieldInfo) -> str:
    """Return the one line of help of a setting."""
    (text,) = [meta.description for meta in field.type.__metadata__ if meta.description]
    return str(text)


def test_the_table_of_errors_has_every_code_with_its_status() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (\d{3}) \|", README, re.MULTILINE))
    answered = all_errors(errors.ServiceError) - all_errors(errors.StartupError)
    assert rows == {error.code: str(int(error.status)) for error in answered}
