"""What lies in a file of weights: a table of the tensors, and the names of the classes."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from ..engine.pytorch_weights import Weights

# Under which trainers keep the names of the classes, beside the weights.
CLASSES = ("classes", "class_names", "labels", "class_to_idx", "idx_to_class", "id2label")
HEAD = ("tensor", "dtype", "shape", "architecture")


def labels_of(content: Mapping[Any, Any]) -> tuple[str, ...]:
    """Return the names of the classes in their order; empty unless the file has them.

    They may be a list, or a dict from names to numbers or back; in safetensors that is JSON.
    """
    for key in CLASSES:
        if names := _names(content.get(key)):
            return names
    return ()


def table_of(weights: Weights, expected: Weights) -> str:
    """Return a table of the tensors of a file, a line each, against those of the network."""
    rows = [HEAD, *_rows(weights, expected)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = ("  ".join(map(str.ljust, row, widths)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def _rows(weights: Weights, expected: Weights) -> Iterator[tuple[str, ...]]:
    for name, value in weights.items():
        if name not in expected:
            fit = "unexpected"
        elif _shape(value) != _shape(expected[name]):
            fit = f"should be {_shape(expected[name])}"
        else:
            fit = "fits"
        yield _printable(name), _dtype(value), _shape(value), fit
    for name, value in expected.items():
        if name not in weights:
            yield name, _dtype(value), _shape(value), "missing in the file"


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        try:
            value = msgspec.json.decode(value)
        except msgspec.DecodeError:
            return ()
    if isinstance(value, dict):
        pairs = [
            (key, name) if isinstance(name, str) else (name, key) for key, name in value.items()
        ]
        numbered = {str(number): name for number, name in pairs}
        value = [numbered.get(str(number)) for number in range(len(pairs))]
    if isinstance(value, list | tuple) and all(map(_is_label, value)):
        return tuple(value)
    return ()


def _is_label(name: object) -> bool:
    return isinstance(name, str) and name.isprintable() and bool(name.strip())


def _dtype(value: Any) -> str:
    # What is no tensor belongs to a layer that was quantized dynamically.
    return str(getattr(value, "dtype", type(value).__name__)).removeprefix("torch.")


def _shape(value: Any) -> str:
    return str(list(value.shape)) if hasattr(value, "shape") else ""


def _printable(name: str) -> str:
    """Return a name that cannot steer the terminal."""
    return name if name.isprintable() else ascii(name)
