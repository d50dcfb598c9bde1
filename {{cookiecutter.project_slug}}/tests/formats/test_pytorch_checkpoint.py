"""The table of the tensors of a file, and the names of classes that trainers keep beside them."""

from typing import Any

import pytest
import torch
from torch import nn

from model_service.engine.pytorch_weights import quantized
from model_service.formats.pytorch_checkpoint import (
    labels_of,
    table_of,
)

EXPECTED = {"0.weight": torch.ones(3, 3), "0.bias": torch.ones(3), "1.weight": torch.ones(2, 3)}


def test_every_tensor_is_a_line_that_says_how_it_fits() -> None:
    weights = {
        "0.weight": torch.ones(3, 3, dtype=torch.float16),
        "0.bias": torch.ones(4),
        "step": torch.tensor(7),
    }
    assert table_of(weights, EXPECTED) == (
        "tensor    dtype    shape   architecture\n"
        "0.weight  float16  [3, 3]  fits\n"
        "0.bias    float32  [4]     should be [3]\n"
        "step      int64    []      unexpected\n"
        "1.weight  float32  [2, 3]  missing in the file"
    )


def test_layers_that_were_quantized_have_their_lines_too() -> None:
    weights = quantized(nn.Sequential(nn.Linear(3, 3)).eval()).state_dict()
    table = table_of(weights, weights)
    assert len(table.splitlines()) == 1 + len(weights)
    assert "unexpected" not in table


def test_a_name_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in table_of({"\x1b[2J": torch.ones(1)}, {})


@pytest.mark.parametrize(
    "beside",
    [
        {"classes": ["cat", "dog"]},
        {"class_names": ("cat", "dog")},
        {"class_to_idx": {"dog": 1, "cat": 0}},
        {"idx_to_class": {1: "dog", 0: "cat"}},
        {"id2label": {"0": "cat", "1": "dog"}},
        {"labels": '["cat", "dog"]'},
        {"id2label": '{"0": "cat", "1": "dog"}'},
        {"classes": 2, "class_to_idx": {"cat": 0, "dog": 1}},
    ],
)
def test_the_names_of_the_classes_are_found(beside: dict[str, Any]) -> None:
    assert labels_of(beside) == ("cat", "dog")


@pytest.mark.parametrize(
    "value",
    [
        *(None, 3, "cat", "{", [], [1, 2], ["cat", ""], ["cat", "a\nb"], torch.ones(2)),
        *({"cat": 0, "dog": 2}, {"cat": 0, "dog": 0}, {}, {0: 1}, {"a": "b"}, {(1,): "cat"}),
    ],
)
def test_what_does_not_name_each_class_is_no_list_of_them(value: object) -> None:
    assert labels_of({"classes": value}) == ()
