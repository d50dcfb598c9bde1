"""The models that both servers have: each gives back what it is given."""

import json
from pathlib import Path
from typing import NamedTuple

NAME, VERSION = "echo", "3"
MAX_BATCH_SIZE = 64
DTYPES = {
    "BOOL": "bool",
    **{f"INT{bits}": f"int{bits}" for bits in (8, 16, 32, 64)},
    **{f"UINT{bits}": f"uint{bits}" for bits in (8, 16, 32, 64)},
    **{f"FP{bits}": f"float{bits}" for bits in (16, 32, 64)},
    "BYTES": "object",
}
DATATYPES = {dtype: datatype for datatype, dtype in DTYPES.items()}


class Signature(NamedTuple):
    """An input `in_x` and an output `out_x` for each datatype; all have one shape.

    `labels` are the classes of the output, if it has some.
    """

    datatypes: tuple[str, ...]
    shape: tuple[int, ...]
    labels: tuple[str, ...] = ()

    @property
    def dtypes(self) -> dict[str, str]:
        """The NumPy dtype of each input."""
        return {input_of(datatype): DTYPES[datatype] for datatype in self.datatypes}

    def arguments(self) -> str:
        """Return the arguments of the echo model of a render's tests, as JSON."""
        return json.dumps({"dtypes": self.dtypes, "shape": self.shape, "labels": self.labels})

    def write_repository(self, folder: Path, model: Path) -> None:
        """Write a model repository of Triton: the configuration, the labels and `model`."""
        home = folder / NAME
        (home / VERSION).mkdir(parents=True)
        (home / VERSION / "model.py").write_bytes(model.read_bytes())
        (home / "labels.txt").write_text("\n".join(self.labels), encoding="utf-8")
        dims = list(self.shape[1:])
        tensors = []
        for datatype in self.datatypes:
            kind = f"data_type: TYPE_{datatype.replace('BYTES', 'STRING')} dims: {dims}"
            labels = ' label_filename: "labels.txt"' if self.labels else ""
            tensors.append(f'input {{ name: "{input_of(datatype)}" {kind} }}')
            tensors.append(f'output {{ name: "{output_of(datatype)}" {kind}{labels} }}')
        lines = [
            f'name: "{NAME}"',
            'backend: "python"',
            f"max_batch_size: {MAX_BATCH_SIZE}",
            "instance_group { kind: KIND_CPU }",
            *tensors,
        ]
        (home / "config.pbtxt").write_text("\n".join(lines) + "\n", encoding="utf-8")


EVERY = Signature(tuple(DTYPES), (-1, -1))
NUMBERS = Signature(("FP32",), (-1, 2, 3), tuple("abcdef"))
TEXT = Signature(("BYTES",), (-1, 1))


def input_of(datatype: str) -> str:
    """Return the name of the input of a datatype."""
    return f"in_{datatype.lower()}"


def output_of(datatype: str) -> str:
    """Return the name of the output of a datatype."""
    return f"out_{datatype.lower()}"
