"""A first run of a PyTorch model whose inputs and outputs a person stated."""

import numpy as np

from ..engine.base import Engine
from ..errors import ImportRefused
from ..model_card import TensorSpec


def try_out(engine: Engine, file: str) -> None:
    """Run rows of zeros; raises ImportRefused unless the outputs are those that were stated.

    A model with a dimension of any size, other than the batch, is not tried: some sizes may be too
    small for it.
    """
    if any(size < 0 for spec in engine.inputs for size in spec.shape[1:]):
        return
    rows = {
        spec.name: np.zeros(
            (2 if spec.shape[0] < 0 else spec.shape[0], *spec.shape[1:]), spec.dtype
        )
        for spec in engine.inputs
    }
    try:
        outputs = engine.run(rows)
    except Exception as error:  # the network may raise anything
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise ImportRefused(
            f"{file} does not run with the inputs and outputs that the folder architecture states:"
            f" {reason}"
        ) from error
    for stated in engine.outputs:
        real = outputs[stated.name]
        found = TensorSpec(name=stated.name, dtype=str(real.dtype), shape=real.shape)
        if not stated.accepts(found):
            raise ImportRefused(
                f"{file} gives {found}, and the folder architecture states {stated}: correct it"
                " there."
            )
