"""The schema of numbers takes what the preprocessor takes."""

from typing import Any

import jsonschema_rs
import pytest

from model_service.preprocessing.tensor_schema import instance_schema

from ..cards import card

NUMBERS = {"name": "x", "dtype": "float32", "shape": [-1, 3]}
OTHERS = {"name": "z", "dtype": "int8", "shape": [-1]}
NAMED = {"age": 1, "height": 2.5, "weight": -3}


def fits(instance: object, *inputs: dict[str, Any], features: list[str] | None = None) -> bool:
    """Return whether an instance fits the schema of a model with these inputs."""
    options = {"features": features} if features else {}
    schema = instance_schema(card(inputs=inputs, preprocessing=options))
    return jsonschema_rs.validator_for(schema).is_valid(instance)


@pytest.mark.parametrize(
    ("instance", "expected"),
    [([1, 2.5, -3], True), ([1, 2], False), ([1, 2, "3"], False), ([[1, 2, 3]], False)],
)
def test_one_input_is_a_list_of_its_shape(instance: object, expected: bool) -> None:
    assert fits(instance, NUMBERS) == expected


@pytest.mark.parametrize(
    ("instance", "expected"),
    [
        (NAMED, True),
        ([1, 2.5, -3], True),
        ({**NAMED, "more": 1}, False),
        ({"age": 1}, False),
        ({**NAMED, "age": "old"}, False),
    ],
)
def test_named_features_are_an_object_or_a_list(instance: object, expected: bool) -> None:
    assert fits(instance, NUMBERS, features=list(NAMED)) == expected


@pytest.mark.parametrize(
    ("instance", "expected"),
    [
        ({"x": [1, 2, 3], "z": 7}, True),
        ({"x": [1, 2, 3], "z": 128}, False),
        ({"x": [1, 2, 3]}, False),
        ([1, 2, 3], False),
    ],
)
def test_several_inputs_are_an_object_of_them(instance: object, expected: bool) -> None:
    assert fits(instance, NUMBERS, OTHERS) == expected
