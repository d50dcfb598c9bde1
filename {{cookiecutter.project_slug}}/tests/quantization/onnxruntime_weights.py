"""What the weights of an ONNX file are made of."""

from collections import Counter
from pathlib import Path

import onnx


def numbers_by_type(path: Path) -> Counter[str]:
    """Return how many numbers of each type the weights of a model hold."""
    counts: Counter[str] = Counter()
    for tensor in onnx.load(path).graph.initializer:
        name = onnx.TensorProto.DataType.Name(tensor.data_type)
        counts[name] += onnx.numpy_helper.to_array(tensor).size
    return counts
