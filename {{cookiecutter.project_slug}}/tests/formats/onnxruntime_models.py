"""ONNX models of some nodes, written without the package onnx, which serving does not need.

The numbers are those of onnx.proto.
"""

from collections.abc import Mapping
from pathlib import Path

FLOAT, UINT8, STRING = 1, 2, 8  # types of elements
TENSOR, SEQUENCE = 1, 4  # kinds of values
EXTERNAL = 1

Shape = tuple[int | str, ...]


def write_model(
    path: Path,
    nodes: list[bytes],
    inputs: list[bytes],
    outputs: list[bytes],
    tensors: list[bytes] | None = None,
    metadata: Mapping[str, str] | None = None,
    domains: tuple[str, ...] = ("",),
) -> Path:
    """Write a model of a graph."""
    parts = [(1, node) for node in nodes] + [(2, b"g")]
    parts += [(5, tensor) for tensor in tensors or []]
    parts += [(11, value) for value in inputs] + [(12, value) for value in outputs]
    entries = [_message((1, key), (2, value)) for key, value in (metadata or {}).items()]
    operators = [_message((1, domain), (2, 17)) for domain in domains]
    path.write_bytes(
        _message(
            (1, 8),
            (2, "a trainer"),
            (3, "1.0"),
            (7, _message(*parts)),
            *((8, operator) for operator in operators),
            *((14, entry) for entry in entries),
        )
    )
    return path


def node(kind: str, inputs: list[str], outputs: list[str], domain: str = "") -> bytes:
    """Return a node without attributes."""
    names = [(1, name) for name in inputs] + [(2, name) for name in outputs]
    return _message(*names, (4, kind), (7, domain))


def value(name: str, shape: Shape, element: int = FLOAT, kind: int = TENSOR) -> bytes:
    """Return an input or output; a dimension with a name is of any size."""
    dimensions = [_message((1, n) if isinstance(n, int) else (2, n)) for n in shape]
    tensor = _message((1, element), (2, _message(*((1, n) for n in dimensions))))
    typed = tensor if kind == TENSOR else _message((1, _message((1, tensor))))
    return _message((1, name), (2, _message((kind, typed))))


def tensor(name: str, shape: tuple[int, ...], numbers: bytes) -> bytes:
    """Return a tensor of float32 numbers."""
    return _message(*((1, n) for n in shape), (2, FLOAT), (8, name), (9, numbers))


def external(name: str, shape: tuple[int, ...], location: str) -> bytes:
    """Return a tensor whose numbers are in another file."""
    entry = _message((1, "location"), (2, location))
    return _message(*((1, n) for n in shape), (2, FLOAT), (8, name), (13, entry), (14, EXTERNAL))


def _message(*fields: tuple[int, int | str | bytes]) -> bytes:
    return b"".join(_field(number, content) for number, content in fields)


def _field(number: int, content: int | str | bytes) -> bytes:
    if isinstance(content, int):
        return _varint(number << 3) + _varint(content)
    content = content.encode() if isinstance(content, str) else content
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    low, rest = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + _varint(rest) if rest else bytes([low])
