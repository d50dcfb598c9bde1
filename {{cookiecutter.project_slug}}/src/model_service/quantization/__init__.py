"""How the served artefact is compressed: the next line but one names the scheme."""

from .base import Comparison, compare, read_samples
from .onnxruntime_static_int8 import SCHEME, quantize

__all__ = ["SCHEME", "Comparison", "compare", "quantize", "read_samples"]
