"""How deep a text is nested, whatever stands in its strings; too deep ones are not decoded."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_service.errors import InvalidRequest
from model_service.nesting import MOST, nesting, refuse_deep
from model_service.schemas import parse_json

from .values import JSON_VALUES


def depth(value: object) -> int:
    """Return how many lists and objects lie within each other."""
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


@given(JSON_VALUES, st.booleans())
def test_it_is_the_depth_of_the_value(value: object, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    assert nesting(text) == depth(value)


@pytest.mark.parametrize(
    "string", ["[[[", "]]]", r"\[", r"\\[", '"[', r"\"[", r"\\\"[{", "\\", '"', r"[\u005b"]
)
def test_a_bracket_within_a_string_is_none(string: str) -> None:
    assert nesting(json.dumps([{string: [string, [string]]}, [[string]]]).encode()) == 4


@given(JSON_VALUES, st.integers(0, 200), st.binary(max_size=20))
def test_what_follows_a_fault_makes_it_no_less(value: object, cut: int, rest: bytes) -> None:
    start = json.dumps(value).encode()[:cut]
    assert nesting(start + rest) >= nesting(start)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_so_many_levels_are_read_and_no_more(opening: str, closing: str) -> None:
    def body(levels: int) -> bytes:
        inner = levels - 2  # those of the request and of its list
        return f'{{"instances": [{opening * inner}1{closing * inner}]}}'.encode()

    assert depth(parse_json(body(MOST))) == MOST - 1
    with pytest.raises(InvalidRequest, match="nested deeper"):
        parse_json(body(MOST + 1))


@pytest.mark.parametrize("end", [b"", 100_000 * b"]"])
def test_a_body_of_brackets_is_refused(end: bytes) -> None:
    with pytest.raises(InvalidRequest, match="nested deeper"):
        parse_json(b'{"instances": ' + 100_000 * b"[" + end)


def test_many_shallow_levels_are_not_deep() -> None:
    refuse_deep(json.dumps({"instances": [[[1], {"a": []}]] * MOST}).encode())
