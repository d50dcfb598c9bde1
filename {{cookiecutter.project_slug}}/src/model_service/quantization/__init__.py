"""How the served artefact is compressed: the next line but one names the scheme."""

from .base import CALIBRATED, Comparison, compare
from .base_report import Report, write_report
from .base_samples import Samples, read_samples
from .onnxruntime_static_int8 import SCHEME, SUFFIX, quantize

__all__ = [
    "CALIBRATED",
    "SCHEME",
    "SUFFIX",
    "Comparison",
    "Report",
    "Samples",
    "compare",
    "quantize",
    "read_samples",
    "write_report",
]
