"""Names of classes are read in the ways that people and model files write them."""

import pytest

from model_service.labels import read_labels


@pytest.mark.parametrize(
    "text",
    [
        "cat\ndog\n",
        "\ufeffcat\r\n dog ",
        '["cat", "dog"]',
        '{"1": "dog", "0": "cat"}',
        "{0: 'cat', 1: 'dog'}",
        "('cat', 'dog')\n"[0:0] + "['cat', 'dog']",
    ],
    ids=["lines", "Windows", "JSON list", "JSON table", "Python table", "Python list"],
)
def test_every_way_gives_the_same(text: str) -> None:
    assert read_labels(text) == ("cat", "dog")


@pytest.mark.parametrize(
    "text",
    [
        "[1, 2]",
        '{"0": "cat", "2": "dog"}',
        '{"cat": 0}',
        '{"a',
        "{__import__('os').getpid(): 'cat'}",
        100_000 * "[",
        '[["cat"]]',
    ],
)
def test_what_is_no_list_of_names_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_labels(text)
