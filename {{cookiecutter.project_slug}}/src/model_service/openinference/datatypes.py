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
    **{f"float{bits}": f"FP{bits}" for bits in (16, 32, 64)},
    "object": BYTES,
}


def datatype_of(dtype: str) -> str:
    """Return the protocol's name of a NumPy dtype; its own name if the protocol has none."""
    return DATATYPES.get(dtype, dtype.upper())


def is_finite(array: Array) -> bool:
    """Return whether no value is NaN or infinite; only numbers with a fraction can be."""
    return array.dtype.kind != "f" or bool(np.isfinite(array).all())
