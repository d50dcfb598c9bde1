"""TFLite: the signature as LiteRT tells it, and labels that are packed with the model."""

import zipfile
import zlib
from pathlib import Path

from ..engine.tflite import load
from ..errors import ImportRefused, InvalidArtefact
from ..labels import read_labels
from .base import Signature

LONGEST_LABELS = 10_000_000  # bytes
UNKNOWN_OPERATOR = "custom op"


def read(path: Path, kind: str) -> Signature:
    """Return what a TFLite file says of itself; raises ImportRefused."""
    try:
        engine = load(path, "cpu", 1)
    except InvalidArtefact as error:
        reason = str(error).replace(path.name, str(path), 1)
        if UNKNOWN_OPERATOR in reason:
            reason = (
                f"{path} needs operators that LiteRT does not have: convert it with those of"
                f" tf.lite.OpsSet.TFLITE_BUILTINS alone ({reason})."
            )
        raise ImportRefused(reason) from error
    columns = {spec.shape[-1] for spec in engine.outputs}
    labels = _packed_labels(path)
    packed = [f"packed with it: {', '.join(sorted(labels))}"] if labels else []
    fitting = [names for names in labels.values() if len(names) in columns]
    return Signature(
        engine.inputs,
        engine.outputs,
        labels=fitting[0] if fitting else (),
        notes=tuple(packed),
    )


def _packed_labels(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the texts of the archive that TFLite's metadata writer appends to a model."""
    if not zipfile.is_zipfile(path):
        return {}
    try:
        with zipfile.ZipFile(path) as archive:
            return {
                member.filename: read_labels(archive.read(member).decode())
                for member in archive.infolist()
                if member.filename.endswith(".txt") and member.file_size <= LONGEST_LABELS
            }
    except (OSError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error):
        return {}  # the model itself is whole; its labels are given by the owner
