"""How the served artefact is compressed: the next line but one names the scheme."""

from .base import CALIBRATED, Comparison, compare, golden_gap
from .base_report import Report, basis_of, write_report
from .base_samples import Samples, read_samples
from .onnxruntime_static_int8 import SCHEME, SUFFIX, quantize

__all__ = [
    "CALIBRATED",
    "SCHEME",
    "SUFFIX",
    "Comparison",
    "Report",
    "Samples",
    "basis_of",
    "compare",
    "golden_gap",
    "quantize",
    "read_samples",
    "write_report",
]
