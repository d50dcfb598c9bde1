"""What one instance is: the next line but one names the kind that this service takes."""

from .image import (
    IGNORED_SETTINGS,
    KIND,
    MEDIA_TYPES,
    Preprocessor,
    confusions,
    instance_schema,
    json_reader,
    read_instances,
)

__all__ = [
    "IGNORED_SETTINGS",
    "KIND",
    "MEDIA_TYPES",
    "Preprocessor",
    "confusions",
    "instance_schema",
    "json_reader",
    "read_instances",
]
