"""The schema of an array says its shape, its type and its bounds."""

from typing import Any

import pytest

from model_service.json_schema import object_of, schema_of
from model_service.model_card import TensorSpec


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        ("float32", {"type": "number"}),
        ("int8", {"type": "integer", "minimum": -128, "maximum": 127}),
        ("uint64", {"type": "integer", "minimum": 0, "maximum": 2**64 - 1}),
        ("bool", {"type": "boolean"}),
        ("object", {"type": "string"}),
    ],
)
def test_a_value_has_the_type_and_bounds_of_its_dtype(dtype: str, expected: dict[str, Any]) -> None:
    assert schema_of(TensorSpec(name="x", dtype=dtype, shape=(-1,))) == expected


def test_each_dimension_but_the_batch_is_a_list() -> None:
    assert schema_of(TensorSpec(name="x", dtype="float32", shape=(-1, 2, -1))) == {
        "type": "array",
        "minItems": 2,
        "maxItems": 2,
        "items": {"type": "array", "items": {"type": "number"}},
    }


def test_an_object_has_all_of_its_properties_and_no_other() -> None:
    schema = object_of({"a": {"type": "number"}})
    assert (schema["required"], schema["additionalProperties"]) == (["a"], False)
