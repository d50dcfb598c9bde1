"""The schema of an image takes its base64, bare or in an object."""

import jsonschema_rs
import pytest

from model_service.preprocessing.image_schema import instance_schema

from ..cards import card


@pytest.mark.parametrize(
    ("instance", "expected"),
    [
        ({"b64": "aGVsbG8="}, True),
        ("aGVsbG8=", True),
        ({"b64": 1}, False),
        ({"b64": "aGVsbG8=", "name": "x"}, False),
        ({}, False),
        ([1, 2], False),
    ],
)
def test_an_image_is_its_base64(instance: object, expected: bool) -> None:
    assert jsonschema_rs.validator_for(instance_schema(card())).is_valid(instance) == expected
