"""Dynamic int8 for ONNX Runtime: weights int8 in the file, activations scaled at run time.

Only MatMul and Gemm: a dynamically quantized convolution runs 3 to 8 times slower than the
original (measured on ResNet18 and on nets made by others).
"""

import tempfile
from pathlib import Path

import onnx
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process

from ..arrays import Arrays

SCHEME = "dynamic-int8"
SUFFIX = ".onnx"


def quantize(original: Path, target: Path, calibration: Arrays) -> None:
    """Write the quantized artefact; it needs no calibration."""
    model = onnx.load(original)
    del model.graph.value_info[:]  # exporters list weights there, which shape inference refuses
    with tempfile.TemporaryDirectory() as folder:
        plain, prepared = Path(folder) / "plain.onnx", Path(folder) / "prepared.onnx"
        onnx.save(model, plain)  # in memory its constants would be cut off, and Reshape needs its
        # Symbolic shape inference fails on real models; plain inference is enough here.
        quant_pre_process(plain, prepared, skip_symbolic_shape=True)
        quantize_dynamic(
            prepared,
            target,
            op_types_to_quantize=["MatMul", "Gemm"],
            weight_type=QuantType.QInt8,
        )
