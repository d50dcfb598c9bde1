"""How two predictions are compared: numbers within a tolerance, all else exactly."""

import pytest


def assert_alike(answer: object, expected: object, tolerance: float) -> None:
    """Compare at any depth of lists and objects; the tolerance is absolute and relative."""
    if isinstance(expected, dict):
        assert isinstance(answer, dict)
        assert answer.keys() == expected.keys()
        for key, value in expected.items():
            assert_alike(answer[key], value, tolerance)
    elif isinstance(expected, list):
        assert isinstance(answer, list)
        for left, right in zip(answer, expected, strict=True):
            assert_alike(left, right, tolerance)
    elif isinstance(expected, float):
        assert answer == pytest.approx(expected, rel=tolerance, abs=tolerance)
    else:
        assert answer == expected
