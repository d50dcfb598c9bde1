"""The answer to an inference request: JSON, and after it the bytes of the binary outputs."""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from ..arrays import Array, Arrays
from ..errors import InvalidRequest
from ..model_card import ModelCard
from .binary_tensors import write_binary
from .datatypes import datatype_of
from .json_tensors import write_json
from .messages import Message, Output


def write_response(
    message: Message, outputs: Arrays, card: ModelCard, labels: Sequence[str]
) -> tuple[bytes, int | None]:
    """Return the body, and how many of its bytes are JSON; None if all are.

    Raises InvalidRequest for classes of what is no number, ModelFault for what JSON cannot hold.
    """
    tensors, blobs = [], []
    for output in message.outputs or [Output(spec.name) for spec in card.outputs]:
        array, how = outputs[output.name], output.parameters
        if how.classification:
            array = best_classes(output.name, array, how.classification, labels)
        datatype = datatype_of(str(array.dtype))
        tensor: dict[str, Any] = {"name": output.name, "datatype": datatype, "shape": array.shape}
        if message.parameters.binary_data_output if how.binary_data is None else how.binary_data:
            blobs.append(write_binary(array))
            tensor["parameters"] = {"binary_data_size": blobs[-1].nbytes}
        else:
            tensor["data"] = write_json(output.name, array)
        tensors.append(tensor)
    head = {"model_name": card.name, "model_version": card.version}
    if message.id is not None:
        head["id"] = message.id
    text = msgspec.json.encode({**head, "outputs": tensors})
    return (b"".join([text, *blobs]), len(text)) if blobs else (text, None)


def best_classes(name: str, array: Array, count: int, labels: Sequence[str]) -> Array:
    """Return, for each row, the `count` best as `value:index:label`, the best first.

    Without as many labels as values, the label is left out; NaN is never among the best but last.
    """
    if array.dtype.kind not in "iuf":
        raise InvalidRequest(f"The output {name!r} holds no numbers: it has no best classes.")
    rows = array.reshape(len(array), -1) if array.size else array.reshape(0, 0)
    best = np.argsort(-rows.astype(np.float64), axis=1, kind="stable")[:, :count]
    named = len(labels) == rows.shape[1]
    names = [f":{label}" for label in labels] if named else [""] * rows.shape[1]
    texts = [f"{rows[row, i]}:{i}{names[i]}" for row in range(len(rows)) for i in best[row]]
    return np.array(texts, object).reshape(best.shape)
