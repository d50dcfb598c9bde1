"""What numbers look like in JSON, for the OpenAPI document."""

import msgspec

from ..json_schema import Schema, object_of, schema_of
from ..model_card import ModelCard
from .tensor_options import read_options


def instance_schema(card: ModelCard) -> Schema:
    """Return the JSON Schema of an instance."""
    if len(card.inputs) > 1:
        return object_of({spec.name: schema_of(spec) for spec in card.inputs})
    (spec,), options = card.inputs, read_options(card)
    listed = schema_of(spec)
    if not options.features:
        return listed
    value: Schema = schema_of(msgspec.structs.replace(spec, shape=spec.shape[:1]))
    return {"anyOf": [object_of(dict.fromkeys(options.features, value)), listed]}
