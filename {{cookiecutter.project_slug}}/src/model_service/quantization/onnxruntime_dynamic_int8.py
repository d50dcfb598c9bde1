"""Dynamic int8 for ONNX Runtime: weights int8 in the file, activations scaled at run time.

Only MatMul and Gemm: a dynamically quantized convolution runs 3 to 8 times slower than the
original (measured on ResNet18 and on nets made by others).
"""

from pathlib import Path

from onnxruntime.quantization import QuantType, quantize_dynamic

from ..engine import Arrays

SCHEME = "dynamic-int8"


def quantize(original: Path, target: Path, calibration: Arrays) -> None:
    """Write the quantized artefact; it needs no calibration."""
    quantize_dynamic(
        original,
        target,
        op_types_to_quantize=["MatMul", "Gemm"],
        weight_type=QuantType.QInt8,
    )
