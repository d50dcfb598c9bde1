"""The answer to an inference request: JSON, and after it the bytes of the binary outputs."""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from ..arrays import Array, Arrays
from ..errors import InvalidRequest, ModelFault
from ..model_card import ModelCard
from .binary_tensors import write_binary
from .datatypes import datatype_of, is_finite
from .json_tensors import write_json
from .request import Inference


def write_response(
    inference: Inference, outputs: Arrays, card: ModelCard, labels: Sequence[str]
) -> tuple[bytes, int | None]:
    """Return the body, and how many of its bytes are JSON; None if all are.

    Raises ModelFault for what JSON cannot hold.
    """
    tensors: list[dict[str, Any]] = []
    blobs = []
    for wanted in inference.outputs:
        array = outputs[wanted.name]
        if wanted.classes:
            array = best_classes(wanted.name, array, wanted.classes, labels)
        tensor: dict[str, Any] = {
            "name": wanted.name,
            "datatype": datatype_of(str(array.dtype)),
            "shape": array.shape,
        }
        if wanted.binary:
            blobs.append(write_binary(array))
            tensor["parameters"] = {"binary_data_size": blobs[-1].nbytes}
        else:
            tensor["data"] = write_json(wanted.name, array)
        tensors.append(tensor)
    head: dict[str, Any] = {"model_name": card.name, "model_version": card.version}
    if inference.id is not None:
        head["id"] = inference.id
    text = msgspec.json.encode({**head, "outputs": tensors})
    return (b"".join([text, *blobs]), len(text)) if blobs else (text, None)


def best_classes(name: str, array: Array, count: int, labels: Sequence[str]) -> Array:
    """Return, for each row, the `count` best as `value:index:label`, the best first.

    Without as many labels as values, the label is left out. Raises InvalidRequest or ModelFault.
    """
    if array.dtype.kind not in "iuf":
        raise InvalidRequest(f"The output {name!r} holds no numbers: it has no best classes.")
    if not is_finite(array):
        raise ModelFault(f"The model's output {name!r} is not finite for this input.")
    rows = array.reshape(len(array), -1) if len(array) else array.reshape(0, 0)
    order = np.argsort(-rows.astype(np.float64), axis=1, kind="stable")[:, :count]
    names = labels if len(labels) == rows.shape[1] else [""] * rows.shape[1]
    texts = [
        [":".join(filter(None, (str(row[i]), str(i), names[i]))) for i in best]
        for row, best in zip(rows.tolist(), order.tolist(), strict=True)
    ]
    return np.array(texts, object).reshape(order.shape)
