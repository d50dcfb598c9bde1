"""ONNX: the signature as ONNX Runtime tells it, metadata, and files with external data."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from ..engine.onnxruntime import load
from ..errors import ImportRefused, InvalidArtefact
from ..labels import read_labels
from ..protobuf import fields, message_in
from .base import Signature

# Where tensors may stand in a model, by the numbers of onnx.proto.
PARTS = {
    "model": {7: "graph", 25: "function"},
    "function": {7: "node"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {
        **{5: "tensor", 10: "tensor", 6: "graph", 11: "graph"},
        **{22: "sparse", 23: "sparse"},
    },
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {13: "external"},
}
PRODUCER, PRODUCER_VERSION, METADATA = 2, 3, 14  # fields of a model
KEY, VALUE = 1, 2  # of an entry of its metadata, and of where external data are
LABELS = ("names", "labels", "classes", "class_names", "class_labels", "id2label")
LONGEST_NOTE = 90

UNKNOWN_OPERATOR = re.compile(r"(\S+?)\(-?\d+\) is not a registered function/op")
NO_TENSOR = re.compile(r"'(.+)' is a ((seq|map|optional|sparse_tensor)\(.*\)),")


def read(path: Path, kind: str) -> Signature:
    """Return what an ONNX file says of itself; raises ImportRefused."""
    try:
        message = message_in(path)
        files = tuple(_inside(path, location) for location in sorted(set(external_files(message))))
        engine = load(path, "cpu", 1)
    except InvalidArtefact as error:
        raise ImportRefused(_explained(path, str(error))) from error
    except (OSError, ValueError) as error:
        raise ImportRefused(f"{path} cannot be read as ONNX, or is cut: {error}.") from None
    metadata = _metadata(message)
    return Signature(
        engine.inputs,
        engine.outputs,
        labels=_labels(metadata),
        notes=_notes(message, metadata),
        files=files,
    )


def external_files(model: memoryview) -> Iterator[str]:
    """Yield where each tensor whose data are in another file says they are."""
    pending = [("model", model)]
    while pending:
        kind, message = pending.pop()
        if kind == "external":
            entry = dict(fields(message))
            if _text(entry.get(KEY)) == "location":
                yield _text(entry.get(VALUE))
            continue
        for number, value in fields(message):
            if number in PARTS[kind] and isinstance(value, memoryview):
                pending.append((PARTS[kind][number], value))


def _inside(path: Path, location: str) -> Path:
    """Return a location that is a file below the folder of the model, and not by a link."""
    parts = PurePosixPath(location).parts
    folder = path.parent.resolve()
    file = (folder / location).resolve()
    if (
        not parts
        or ".." in parts
        or PurePosixPath(location).is_absolute()
        or PureWindowsPath(location).anchor
        or file != folder.joinpath(*parts)
    ):
        raise ImportRefused(
            f"{path} keeps data in {location!r}, which is not in its own folder: save it with its"
            " data beside it, as onnx.save(..., location='model.onnx.data') does."
        )
    if not file.is_file():
        raise ImportRefused(
            f"{path} keeps data in {location!r}, which is not there: put that file beside it."
        )
    return Path(*parts)


def _explained(path: Path, error: str) -> str:
    """Return a sentence for what people meet most; ONNX Runtime's own words for the rest."""
    if found := UNKNOWN_OPERATOR.search(error):
        return (
            f"{path} needs the operator {found[1]}, which ONNX Runtime does not have: export it"
            " with standard operators alone."
        )
    if found := NO_TENSOR.search(error):
        return (
            f"{path} gives {found[1]!r} as {found[2]}, and only tensors are served: export it with"
            " tensors, as skl2onnx does with options={'zipmap': False}."
        )
    return error.replace(path.name, str(path), 1)


def _metadata(model: memoryview) -> dict[str, str]:
    entries = [
        dict(fields(value))
        for number, value in fields(model)
        if number == METADATA and isinstance(value, memoryview)
    ]
    return {_text(entry.get(KEY)): _text(entry.get(VALUE)) for entry in entries}


def _labels(metadata: dict[str, str]) -> tuple[str, ...]:
    for key in LABELS:
        try:
            return read_labels(metadata[key])
        except (KeyError, ValueError):
            continue
    return ()


def _notes(model: memoryview, metadata: dict[str, str]) -> tuple[str, ...]:
    top = {number: value for number, value in fields(model) if number <= PRODUCER_VERSION}
    producer = " ".join(filter(None, (_text(top.get(n)) for n in (PRODUCER, PRODUCER_VERSION))))
    notes = [f"made by {producer}"] if producer else []
    notes += [f"{key}: {value}" for key, value in metadata.items() if key not in LABELS]
    return tuple(" ".join(note.split())[:LONGEST_NOTE] for note in notes)


def _text(value: object) -> str:
    return bytes(value).decode(errors="replace") if isinstance(value, memoryview) else ""
