"""Each datatype has the protocol's name, and text has one name whatever NumPy calls it."""

import numpy as np
import pytest

from model_service.openinference.datatypes import (
    datatype_of,
    is_finite,
)

from .bodies import NAMES


@pytest.mark.parametrize("datatype", NAMES)
def test_the_name_of_a_dtype_is_the_protocols(datatype: str) -> None:
    assert datatype_of(NAMES[datatype]) == datatype


def test_a_dtype_that_the_protocol_does_not_know_is_told_as_it_is() -> None:
    assert datatype_of("complex64") == "COMPLEX64"


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_only_numbers_with_a_fraction_can_be_no_number(bad: float) -> None:
    assert not is_finite(np.array([0, bad], np.float16))
    assert is_finite(np.array([0, 1], np.float16))
    assert is_finite(np.array(["NaN"], object))
    assert is_finite(np.array([], np.float64))
