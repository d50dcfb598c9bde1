"""The network of the starter takes and gives what its architecture states."""

import torch

from model_service.architecture.text import INPUTS, OUTPUTS, build


def test_rows_of_the_stated_inputs_give_rows_of_the_stated_outputs() -> None:
    with torch.inference_mode():
        result = build().eval()(*(torch.ones(4, 7, dtype=torch.int64) for _ in INPUTS))
    (output,) = OUTPUTS
    assert tuple(result.shape) == (4, *output.shape[1:])
    assert str(result.dtype) == f"torch.{output.dtype}"
    torch.testing.assert_close(result.sum(1), torch.ones(4))


def test_padding_changes_nothing_whatever_stands_in_it() -> None:
    ids, mask = torch.tensor([[5, 6, 7]]), torch.tensor([[1, 1, 1]])
    longer = torch.tensor([[5, 6, 7, 0, 9]]), torch.tensor([[1, 1, 1, 0, 0]])
    network = build().eval()
    with torch.inference_mode():
        torch.testing.assert_close(network(*longer), network(ids, mask))


def test_no_tokens_have_an_answer() -> None:
    nothing = torch.zeros(1, 4, dtype=torch.int64)
    with torch.inference_mode():
        assert build().eval()(nothing, nothing).isfinite().all()
