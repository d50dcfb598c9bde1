"""Names of classes, in the ways that people and model files write them."""

import ast
import json
from collections.abc import Mapping, Sequence
from typing import Any

LONGEST = 1_000_000  # characters of a list that is parsed


def read_labels(text: str) -> tuple[str, ...]:
    """Return the labels of a text: a line each, or a list or a table by index, as JSON or Python.

    Raises ValueError if it is a list or a table, and holds something else.
    """
    text = text.removeprefix("\ufeff").strip()
    if not text.startswith(("[", "{")):
        return tuple(line.strip() for line in text.splitlines())
    value = _parsed(text)
    if isinstance(value, Mapping):
        by_index = {int(index): label for index, label in value.items()}
        value = [by_index.get(index) for index in range(len(by_index))]
    if not isinstance(value, Sequence) or not all(isinstance(label, str) for label in value):
        raise ValueError("it is no list of names, and no table from 0 on")
    return tuple(label.strip() for label in value)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(text[:LONGEST])  # as YOLO's exporter writes them: {0: 'person'}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError("it is neither JSON nor a list or table of Python") from None
