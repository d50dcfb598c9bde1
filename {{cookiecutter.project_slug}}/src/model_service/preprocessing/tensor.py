"""One instance of numbers -> the arrays of the model's inputs, as its signature says.

Edit this file if your model was trained on something computed from what clients send.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import msgspec
import numpy as np

from ..arrays import Array
from ..errors import InvalidInstance
from ..model_card import ModelCard, TensorSpec
from ..npy import MAGIC, MEDIA_TYPE, read_npy
from ..schemas import parse_json
from ..settings import Settings
from .tensor_confusions import confusions as confusions
from .tensor_json import json_reader as json_reader
from .tensor_options import read_options
from .tensor_schema import instance_schema as instance_schema

KIND = "tensor"
IGNORED_SETTINGS = frozenset({"max_image_pixels"})
MEDIA_TYPES = frozenset({MEDIA_TYPE})

ELEMENTS = {"f": float, "i": int, "u": int, "b": bool, "O": str}  # by NumPy's kind of dtype
ARRAY_TYPES = (np.ndarray, np.generic)
ARRAYS = {"f": "fiu", "i": "iu", "u": "iu", "b": "b", "O": "U"}  # the kinds that each may come as
EXPECTED = {
    "float": "a number",
    "int": "a whole number",
    "bool": "true or false",
    "str": "a string",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
GIVEN = EXPECTED | {"float": "a number with a decimal point"}


class _Input(NamedTuple):
    """An input of the model: its dtype, and the lists that its rows come as."""

    spec: TensorSpec
    dtype: np.dtype[Any]
    lists: Any
    largest: float  # that a float dtype holds

    @classmethod
    def of(cls, spec: TensorSpec) -> "_Input":
        dtype = np.dtype(spec.dtype)
        lists: Any = ELEMENTS[dtype.kind]
        for _ in spec.shape[1:]:
            lists = list[lists]
        largest = float(np.finfo(dtype).max) if dtype.kind == "f" else np.inf
        return cls(spec, dtype, lists, largest)


class Preprocessor:
    """Turns nested lists, or objects of named features, into arrays of the model's inputs."""

    def __init__(self, card: ModelCard, settings: Settings) -> None:
        options = read_options(card)
        self._features = options.features
        self._mean, self._std = np.squeeze(options.mean), np.squeeze(options.std)
        self._inputs = [_Input.of(spec) for spec in card.inputs]

    def __call__(self, instance: object) -> dict[str, Array]:
        """Return an array for each input, without the batch dimension; raises InvalidInstance."""
        if len(self._inputs) > 1:
            values = _in_order(instance, [one.spec.name for one in self._inputs], "input")
            pairs = zip(self._inputs, values, strict=True)
            return {one.spec.name: self._array(value, one) for one, value in pairs}
        if isinstance(instance, dict) and self._features:
            instance = _in_order(instance, self._features, "feature")
        return {self._inputs[0].spec.name: self._array(instance, self._inputs[0])}

    def _array(self, value: object, taken: "_Input") -> Array:
        spec, dtype, *_ = taken
        if isinstance(value, ARRAY_TYPES):
            wide = np.asarray(value)
            if wide.dtype.kind not in ARRAYS[dtype.kind]:
                raise InvalidInstance(f"{spec.name!r} is {wide.dtype}, the model takes {dtype}.")
        else:
            wide = self._from_lists(value, taken)
        if not spec.fits_row(wide.shape):
            raise InvalidInstance(
                f"{spec.name!r} has the shape {list(wide.shape)},"
                f" the model takes {list(spec.shape[1:])}."
            )
        return self._narrow(wide, taken)

    def _from_lists(self, value: object, taken: "_Input") -> Array:
        spec, dtype, lists, _ = taken
        try:
            values = msgspec.convert(value, lists)
        except msgspec.ValidationError as error:
            raise InvalidInstance(self._explain(str(error), spec)) from None
        try:
            return np.array(values, np.float64 if dtype.kind == "f" else object)
        except (ValueError, OverflowError):
            raise InvalidInstance(f"the lists of {spec.name!r} differ in length.") from None

    def _narrow(self, wide: Array, taken: "_Input") -> Array:
        """Cast to the model's dtype; NaN, infinities and numbers that do not fit are refused."""
        spec, dtype, _, largest = taken
        if dtype.kind == "f":
            normal = self._standardised(wide)
            if normal.dtype.kind == "f" and np.abs(normal).max(initial=0) <= largest:
                return normal.astype(dtype)
            with np.errstate(over="ignore"):
                narrow = normal.astype(dtype)
            self._refuse(~np.isfinite(wide), "is not a finite number.", spec)
            self._refuse(~np.isfinite(narrow), f"does not fit {dtype}.", spec)
            return narrow
        if dtype.kind in "iu":
            limits = np.iinfo(dtype)
            self._refuse((wide < limits.min) | (wide > limits.max), f"does not fit {dtype}.", spec)
        return wide.astype(dtype)

    def _standardised(self, wide: Array) -> Array:
        if not self._mean.size and not self._std.size:
            return wide
        with np.errstate(over="ignore", invalid="ignore"):  # what comes of it is looked at
            normal = wide - self._mean if self._mean.size else wide
            return normal / self._std if self._std.size else normal

    def _refuse(self, bad: Array, why: str, spec: TensorSpec) -> None:
        if np.any(bad):
            first = [int(i) for i in np.argwhere(bad)[0]]
            raise InvalidInstance(f"{self._place(first, spec)} {why}")

    def _explain(self, error: str, spec: TensorSpec) -> str:
        """Turn msgspec's "Expected `float`, got `str` - at `$[3]`" into our sentence."""
        place = self._place([int(i) for i in re.findall(r"\[(\d+)\]", error)], spec)
        match re.findall(r"`(\w+)`", error):
            case [expected, given]:
                return f"{place} must be {EXPECTED[expected]} and is {GIVEN[given]}."
            case _:  # a number that no float holds
                return f"{place} does not fit {spec.dtype}."

    def _place(self, index: Sequence[int], spec: TensorSpec) -> str:
        """Name a value by its feature, or by its input and position."""
        is_number = 0 < len(index) == len(spec.shape) - 1
        if is_number and index[-1] < len(self._features):  # a list may be too long
            return f"feature {self._features[index[-1]]!r}"
        return f"{spec.name!r}" + "".join(f"[{i}]" for i in index)


def read_instances(file: bytes) -> Sequence[Any]:
    """Return the instances of a `.npy` file, its rows, or of JSON as in a request.

    Rows are not made before they are asked for. Raises InvalidRequest.
    """
    return cast("Sequence[Any]", read_npy(file)) if file.startswith(MAGIC) else parse_json(file)


def _in_order(instance: object, names: Sequence[str], what: str) -> list[object]:
    """Return the values of an object in the model's order, whatever order they came in."""
    if not isinstance(instance, dict):
        raise InvalidInstance(f"an instance is an object with the {what}s {', '.join(names)}.")
    if missing := [name for name in names if name not in instance]:
        raise InvalidInstance(f"the {what} {missing[0]!r} is missing.")
    if extra := [name for name in instance if name not in names]:
        raise InvalidInstance(f"there is no {what} {extra[0]!r} in this model.")
    return [instance[name] for name in names]
