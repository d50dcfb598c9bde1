"""What all servers here share: the model with the service's session options, and its rows.

`MODEL` is the file; `INPUT=image` tells that an instance is a JPEG in base64, and not numbers.
"""

import base64
import io
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

IMAGE = os.environ.get("INPUT") == "image"
SIDE = 224
MEAN, SCALE = np.float32(127.5), np.float32(1 / 127.5)

Instance: Any = dict[str, str] if IMAGE else list[float]
Array = NDArray[np.float32]


class Model:
    """One session of ONNX Runtime."""

    def __init__(self) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = int(os.environ.get("INTRA_OP_THREADS", "0"))
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        providers = ["CPUExecutionProvider"]
        self._session = ort.InferenceSession(os.environ["MODEL"], options, providers=providers)
        self._name = self._session.get_inputs()[0].name

    def run(self, rows: Array) -> Array:
        """Return the outputs of rows."""
        outputs: Array = self._session.run(None, {self._name: rows})[0]
        return outputs


def to_rows(instances: Sequence[Any]) -> Array:
    """Return instances as one array for the model."""
    if IMAGE:
        return np.stack([pixels(base64.b64decode(instance["b64"])) for instance in instances])
    return np.asarray(instances, np.float32)


def pixels(jpeg: bytes) -> Array:
    """Return an image as the model takes it: float32 [3, 224, 224] from -1 to 1."""
    from PIL import Image  # only here: who serves numbers need not have it

    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        resized = image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    scaled: Array = (np.asarray(resized, np.float32) - MEAN) * SCALE
    return scaled.transpose(2, 0, 1)
