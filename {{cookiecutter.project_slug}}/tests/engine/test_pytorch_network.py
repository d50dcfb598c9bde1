"""A network's outputs by name, however its code returns them."""

import pytest
import torch
from torch import Tensor

from model_service.engine.pytorch_network import Network, dtype_of
from model_service.model_card import TensorSpec

A, B = torch.ones(1, 2), torch.zeros(1, 3)
SPECS = tuple(TensorSpec(name=name, dtype="float32", shape=(-1, -1)) for name in ("a", "b"))


def returning(result: object, count: int = 2) -> Network:
    """Return a network whose code returns this."""
    return Network(lambda *_: result, SPECS[:1], SPECS[:count], "cpu", torch.float32)


@pytest.mark.parametrize(
    ("result", "count"),
    [(A, 1), ((A,), 1), ((A, B), 2), ([A, B], 2), ({"b": B, "a": A}, 2)],
    ids=["tensor", "tuple of one", "tuple", "list", "dict"],
)
def test_outputs_have_their_names(result: object, count: int) -> None:
    outputs = returning(result, count).run([A])
    assert outputs["a"] is A
    assert count == 1 or outputs["b"] is B


@pytest.mark.parametrize(("result", "returned"), [(A, 1), ((A, B, A), 3)])
def test_another_number_of_outputs_is_told(result: object, returned: int) -> None:
    with pytest.raises(ValueError, match=f"returned {returned} outputs, not a, b"):
        returning(result).run([A])


@pytest.mark.parametrize(
    ("tensors", "dtype"),
    [
        ([], torch.float32),
        ([torch.ones(1, dtype=torch.int64)], torch.float32),
        ([torch.ones(1, dtype=torch.int64), A.half(), A], torch.float16),
    ],
    ids=["none", "integers", "mixed"],
)
def test_the_type_is_that_of_the_first_floating_point_tensor(
    tensors: list[Tensor], dtype: torch.dtype
) -> None:
    assert dtype_of(tensors) == dtype
