"""Sound requests in every datatype, form and shape."""

from typing import Any

import numpy as np

from ..hostile.corpus import Case
from .infer import IN_BYTES, TEXTS, WAYS, output, post
from .signatures import DTYPES, MAX_BATCH_SIZE, input_of, output_of
from .tensors import Array, as_json


def values(datatype: str, rows: int = 2, columns: int = 6) -> Array:
    """Return an array with the extremes of a datatype, and what is easily written wrong."""
    kind = np.dtype(DTYPES[datatype])
    if kind.kind == "O":
        some: list[Any] = TEXTS
    elif kind.kind == "b":
        some = [False, True]
    elif kind.kind in "iu":
        some = [np.iinfo(kind).min, np.iinfo(kind).max, 0, 1]
    else:
        limits = np.finfo(kind)
        some = [limits.min, limits.max, limits.smallest_subnormal, -0.0, 1 / kind.type(3), 1]
    flat = [some[index % len(some)] for index in range(rows * columns)]
    return np.array(flat, kind).reshape(rows, columns)


def datatypes() -> dict[str, Case]:
    """Return, for each datatype, a request for each way to write its input and output."""
    arrays = {input_of(datatype): values(datatype) for datatype in DTYPES}
    cases = {}
    for datatype in DTYPES:
        name, array = input_of(datatype), arrays[input_of(datatype)]
        written = {
            "bytes": array,
            "JSON": as_json(name, array),
            "nested JSON": as_json(name, array, nested=True),
        }
        for way, given in written.items():
            for binary, back in WAYS.items():
                asked = [output(output_of(datatype), binary_data=binary)]
                case = post({**arrays, name: given}, outputs=asked)
                cases[f"{datatype}: {way} to {back}"] = case
    mixed = {
        name: array if index % 2 or name == "in_fp16" else as_json(name, array)
        for index, (name, array) in enumerate(arrays.items())
    }
    asked = [
        output(output_of(datatype), binary_data=bool(index % 3) or datatype == "FP16")
        for index, datatype in enumerate(DTYPES)
    ]
    backwards = dict(reversed(mixed.items()))
    return cases | {
        "mixed: JSON and bytes": post(mixed, outputs=asked),
        "mixed: inputs in another order": post(backwards, outputs=asked),
        "mixed: outputs in another order": post(mixed, outputs=asked[::-1]),
        "mixed: two of the outputs": post(mixed, outputs=asked[3:5]),
        "mixed: all outputs, none named": post(mixed, parameters=IN_BYTES),
    }


def shapes() -> dict[str, Case]:
    """Return requests of few and of many rows and columns, as bytes and as JSON."""
    cases = {}
    sizes = {
        "one value": (1, 1),
        "no rows": (0, 6),
        "no columns": (2, 0),
        "a thousand columns": (1, 1000),
        "the largest batch": (MAX_BATCH_SIZE, 1),
        "a row more than the largest batch": (MAX_BATCH_SIZE + 1, 1),
    }
    for title, (rows, columns) in sizes.items():
        arrays = {input_of(datatype): values(datatype, rows, columns) for datatype in DTYPES}
        written = {n: a if n == "in_fp16" else as_json(n, a) for n, a in arrays.items()}
        plain = [output(output_of(one), binary_data=one == "FP16") for one in DTYPES]
        cases[f"shape: {title}, bytes"] = post(arrays, parameters=IN_BYTES)
        cases[f"shape: {title}, JSON"] = post(written, outputs=plain)
    return cases
