"""JSON Schema of arrays: what they look like in requests and answers."""

from typing import Any

import numpy as np

from .model_card import TensorSpec

Schema = dict[str, Any]
TYPES = {"f": "number", "i": "integer", "u": "integer", "b": "boolean"}  # by NumPy's kind of dtype


def schema_of(spec: TensorSpec) -> Schema:
    """Return the schema of one row of an input or output: lists in lists, without the batch."""
    dtype = np.dtype(spec.dtype)
    schema: Schema = {"type": TYPES.get(dtype.kind, "string")}
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        schema |= {"minimum": int(limits.min), "maximum": int(limits.max)}
    for size in reversed(spec.shape[1:]):
        fixed = {"minItems": size, "maxItems": size} if size >= 0 else {}
        schema = {"type": "array", "items": schema, **fixed}
    return schema


def object_of(properties: dict[str, Schema]) -> Schema:
    """Return the schema of an object that has all of these properties and no other."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
