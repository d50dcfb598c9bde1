"""What an image looks like in JSON, for the OpenAPI document."""

from ..json_schema import Schema, object_of
from ..model_card import ModelCard


def instance_schema(card: ModelCard) -> Schema:
    """Return the JSON Schema of an instance."""
    encoded = {"type": "string", "contentEncoding": "base64"}
    return {
        "description": "An image file as base64.",
        "anyOf": [object_of({"b64": encoded}), encoded],
    }
