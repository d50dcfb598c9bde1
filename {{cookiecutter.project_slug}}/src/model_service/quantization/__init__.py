"""How the served artefact is compressed: the next line but one names the scheme."""

from .base import Comparison, compare, read_samples
from .onnxruntime_static_int8 import SCHEME, SUFFIX, quantize

__all__ = ["SCHEME", "SUFFIX", "Comparison", "compare", "quantize", "read_samples"]
