"""A value of the card is changed; all that people wrote around it stays as it was."""

import tomllib

import pytest

from model_service.card_edit import set_value
from model_service.errors import InvalidModelCard

CARD = """\
# A card.
name = "x"   # not [golden]

[golden]  # the examples
file = "former.json"  # beside the card
tolerance = 1e-4

[evaluation]
file = "other"
"""


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        (CARD, CARD.replace('"former.json"', '"new.json"')),
        (CARD.replace('"former.json"', "'former.json'"), CARD.replace("former.", "new.")),
        (CARD.replace("\n", "\r\n"), CARD.replace("former.", "new.").replace("\n", "\r\n")),
        (
            CARD.replace("[golden]", "[ golden ]"),
            CARD.replace("[golden]", "[ golden ]").replace("former.", "new."),
        ),
        (
            CARD.replace('file = "former.json"  # beside the card\n', ""),
            CARD.replace('"former.json"  # beside the card', '"new.json"'),
        ),
        ('name = "x"', 'name = "x"\n\n[golden]\nfile = "new.json"\n'),
        ("[golden]", '[golden]\nfile = "new.json"\n'),
        ("", '\n[golden]\nfile = "new.json"\n'),
        (CARD.replace("former.", "new."), CARD.replace("former.", "new.")),
    ],
    ids=[
        "there",
        "in single quotes",
        "CRLF",
        "spaces in the header",
        "no key",
        "no table",
        "an empty table",
        "an empty card",
        "the same",
    ],
)
def test_the_value_is_set_and_nothing_else(text: str, changed: str) -> None:
    assert set_value(text, "golden", "file", "new.json") == changed


@pytest.mark.parametrize(
    "text",
    [
        'golden.file = "former.json"',
        'golden = {file = "former.json"}',
        'text = """\n[golden]\nfile = "former.json"\n"""',
        '[golden]\nfile = """former.json"""',
        "[[golden]]\nfile = 'former.json'",
        'golden = "former.json"',
    ],
)
def test_what_stands_in_no_line_of_its_own_is_told_and_not_touched(text: str) -> None:
    assert tomllib.loads(text)
    with pytest.raises(InvalidModelCard, match="golden"):
        set_value(text, "golden", "file", "new.json")


@pytest.mark.parametrize("value", ["naïve.json", 'a "b".json', "a\\b.json", "#.json"])
def test_any_text_is_written_so_that_it_reads_back(value: str) -> None:
    changed = set_value(CARD, "golden", "file", value)
    assert tomllib.loads(changed)["golden"]["file"] == value
    assert tomllib.loads(set_value(changed, "golden", "file", "former.json")) == tomllib.loads(CARD)
