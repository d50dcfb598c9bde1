"""Arrays as bytes in NumPy's own file format, `.npy`: faster to read than JSON, and exact."""

import io
from typing import Literal

import numpy as np
from numpy.lib import format as npy_format

from .arrays import Array
from .errors import InvalidRequest

MEDIA_TYPE = "application/x-npy"
MAGIC = npy_format.MAGIC_PREFIX
# Both refuse a header of more than 10,000 characters. 3.0 is for what is no plain array.
HEADERS = {(1, 0): npy_format.read_array_header_1_0, (2, 0): npy_format.read_array_header_2_0}


def read_npy(body: bytes) -> Array:
    """Return the array of a `.npy` file as a view of its bytes, with one dimension or more.

    Nothing is allocated, so that no shape can ask for more than came. Raises InvalidRequest.
    """
    file = io.BytesIO(body)
    try:
        shape, is_fortran, dtype = HEADERS[npy_format.read_magic(file)](file)
        if dtype.hasobject:
            raise ValueError("bytes would be taken for pointers")
        order: Literal["C", "F"] = "F" if is_fortran else "C"
        array: Array = np.ndarray(shape, dtype, body, file.tell(), order=order)
    except Exception:  # a broken header makes Python's parser raise whatever it has
        raise InvalidRequest(
            "The array cannot be read: send a whole .npy file of version 1 or 2, without objects."
        ) from None
    # NumPy would fill in a size of -1, and leave out what comes after the array.
    if not shape or array.shape != shape or array.nbytes != len(body) - file.tell():
        raise InvalidRequest(
            f"The array is {dtype}{list(shape)} in {len(body) - file.tell()} bytes: it needs a"
            " dimension for the instances, and the bytes of its shape."
        )
    return array


def write_npy(array: Array) -> bytes:
    """Return an array as a `.npy` file."""
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getvalue()
