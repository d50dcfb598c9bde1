"""The network of the starter takes and gives what its architecture states."""

import torch

from model_service.architecture.tensor import INPUTS, OUTPUTS, build


def test_rows_of_the_stated_inputs_give_rows_of_the_stated_outputs() -> None:
    with torch.inference_mode():
        result = build().eval()(*(torch.ones(4, *spec.shape[1:]) for spec in INPUTS))
    (output,) = OUTPUTS
    assert tuple(result.shape) == (4, *output.shape[1:])
    assert str(result.dtype) == f"torch.{output.dtype}"
    torch.testing.assert_close(result.sum(1), torch.ones(4))
