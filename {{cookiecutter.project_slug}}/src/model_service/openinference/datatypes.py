"""The protocol's names of datatypes, and what each is in NumPy.

BF16 is missing since no runtime of this service takes it from NumPy: no signature has it, so that
a request which says BF16 is told what the model takes.
"""

import numpy as np

from ..arrays import Array

BYTES = "BYTES"
DATATYPES = {
    "bool": "BOOL",
    **{f"int{bits}": f"INT{bits}" for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": f"UINT{bits}" for bits in (8, 16, 32, 64)},
    "float16": "FP16",
    "float32": "FP32",
    "float64": "FP64",
    "object": BYTES,
}


def datatype_of(dtype: str) -> str:
    """Return the protocol's name of a NumPy dtype; text of any kind is BYTES."""
    return DATATYPES.get(dtype, BYTES if dtype.startswith(("<U", "|S")) else dtype.upper())


def is_finite(array: Array) -> bool:
    """Return whether no value is NaN or infinite; only numbers with a fraction can be."""
    return array.dtype.kind != "f" or bool(np.isfinite(array).all())
