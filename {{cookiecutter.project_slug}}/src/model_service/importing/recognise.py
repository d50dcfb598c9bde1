"""Which format a model file has, by its content, and which framework serves that format.

Nothing of a file is run or unpickled for it.
"""

import zipfile
from dataclasses import dataclass
from pathlib import Path

from ..errors import ImportRefused
from ..formats import read
from ..protobuf import fields, message_in
from .pickled import LEGACY_TORCH, is_legacy_state_dict, is_state_dict

FRAMEWORK = read.__module__.rpartition(".")[2]


@dataclass(frozen=True)
class Format:
    """A format for people, what serves it, the name that its file gets, and a way out."""

    article_name: str
    frameworks: tuple[str, ...] = ()
    file: str = ""
    way_out: str = ""


FORMATS = {
    "onnx": Format("an ONNX model", ("onnxruntime",), "model.onnx"),
    "tflite": Format("a TFLite model", ("tflite",), "model.tflite"),
    "savedmodel": Format(
        "a SavedModel",
        ("tensorflow",),
        "saved_model",
        "convert it: tf.lite.TFLiteConverter for framework=tflite, tf2onnx for onnxruntime",
    ),
    "keras": Format(
        "a Keras model",
        ("tensorflow",),
        "model.keras",
        "export it from Keras: model.export(file, format='onnx'), or 'litert' for tflite",
    ),
    "h5": Format(
        "a Keras model in HDF5",
        ("tensorflow",),
        "model.h5",
        "export it from Keras: model.export(file, format='onnx'), or 'litert' for tflite",
    ),
    "safetensors": Format(
        "a file of weights (safetensors)",
        ("pytorch",),
        "model.safetensors",
        "export the whole network: torch.onnx.export for framework=onnxruntime",
    ),
    "state-dict": Format(
        "a state dict of PyTorch",
        ("pytorch",),
        "model.pt",
        "export the whole network: torch.onnx.export for framework=onnxruntime",
    ),
    "torch-export": Format(
        "a program of torch.export",
        ("pytorch",),
        "model.pt2",
        "export it anew: torch.onnx.export for framework=onnxruntime",
    ),
    "torchscript": Format(
        "a TorchScript program",
        ("pytorch",),
        "model.pt",
        "export it anew: torch.onnx.export for framework=onnxruntime",
    ),
    "pickle": Format(
        "made of pickled Python objects, and loading it would run the code that they name",
        way_out="save tensors instead, as in torch.save(model.state_dict(), file), or export it to"
        " ONNX (torch.onnx.export, skl2onnx)",
    ),
    "unknown": Format(
        "in none of the formats that can be told: ONNX, TFLite, SavedModel, Keras, HDF5,"
        " safetensors, a state dict, torch.export, TorchScript",
        way_out="give the file or folder that the model was exported to",
    ),
}
SAVED_MODEL = "saved_model.pb"
HDF5, PICKLE, ZIP = b"\x89HDF\r\n\x1a\n", b"\x80", b"PK\x03\x04"
ONNX_FIELDS = frozenset({*range(1, 9), 14, 20, 25, 26})  # of a ModelProto
IR_VERSION, GRAPH = 1, 7


def recognise(path: Path) -> str:
    """Return the name of a format that this service's framework loads; raises ImportRefused."""
    if not path.exists():
        raise ImportRefused(f"There is no {path}.")
    try:
        kind = kind_of(path)
    except OSError as error:
        raise ImportRefused(f"{path} cannot be read: {error.strerror or error}.") from None
    known = FORMATS[kind]
    if FRAMEWORK in known.frameworks:
        return kind
    if not known.frameworks:
        raise ImportRefused(f"{path} is {known.article_name}: {known.way_out}.")
    way_out = f", or {known.way_out}" if known.way_out else ""
    raise ImportRefused(
        f"{path} is {known.article_name}, which this service, made for {FRAMEWORK}, does not load:"
        f" render it with framework={' or '.join(known.frameworks)}{way_out}."
    )


def kind_of(path: Path) -> str:
    """Return the name of the format of a file or folder, a key of FORMATS; raises OSError."""
    if path.is_dir():
        return "savedmodel" if (path / SAVED_MODEL).is_file() else "unknown"
    if not path.is_file():
        return "unknown"  # a pipe or a device would never end
    with path.open("rb") as file:
        head = file.read(32)
    if head[4:8] == b"TFL3":
        return "tflite"
    if head.startswith(HDF5):
        return "h5"
    if head.startswith(ZIP):
        return _kind_of_archive(path)
    if head.startswith(LEGACY_TORCH):
        return "state-dict" if is_legacy_state_dict(path) else "pickle"
    if head[8:9] == b"{" and int.from_bytes(head[:8], "little") <= path.stat().st_size:
        return "safetensors"
    if head.startswith(PICKLE):
        return "pickle"
    return "onnx" if _is_onnx(path) else "unknown"


def _kind_of_archive(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if {"config.json", "model.weights.h5"} <= {*names}:
                return "keras"
            parts = {name.partition("/")[2]: name for name in names}  # below its one folder
            if any(part.startswith(("data/aotinductor/", "models/")) for part in parts):
                return "torch-export"
            if "constants.pkl" in parts:
                return "torchscript"
            if "data.pkl" in parts:
                with archive.open(parts["data.pkl"]) as pickled:
                    return "state-dict" if is_state_dict(pickled) else "pickle"
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise ImportRefused(f"{path} is an archive that is cut or damaged: {error}.") from None
    return "unknown"


def _is_onnx(path: Path) -> bool:
    """Return whether a file begins as an ONNX model does; it may be cut, which its reader tells."""
    found: set[int] = set()
    try:
        for number, value in fields(message_in(path)):
            if number not in ONNX_FIELDS or isinstance(value, int) != (number in (1, 5)):
                return False
            found.add(number)
    except ValueError:
        return IR_VERSION in found
    return {IR_VERSION, GRAPH} <= found
