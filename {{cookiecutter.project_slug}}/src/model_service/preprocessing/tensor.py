"""One instance of numbers -> the arrays of the model's inputs, as its signature says.

Edit this file if your model was trained on something computed from what clients send.
"""

import re
from collections.abc import Sequence
from typing import Any, cast

import msgspec
import numpy as np

from ..arrays import Array
from ..errors import InvalidInstance
from ..model_card import ModelCard, TensorSpec
from ..npy import MAGIC, MEDIA_TYPE, read_npy
from ..schemas import parse_json
from ..settings import Settings
from .tensor_confusions import confusions as confusions
from .tensor_options import read_options
from .tensor_schema import instance_schema as instance_schema

KIND = "tensor"
IGNORED_SETTINGS = frozenset({"max_image_pixels"})
MEDIA_TYPES = frozenset({MEDIA_TYPE})

ELEMENTS = {"f": float, "i": int, "u": int, "b": bool, "O": str}  # by NumPy's kind of dtype
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


class Preprocessor:
    """Turns nested lists, or objects of named features, into arrays of the model's inputs."""

    def __init__(self, card: ModelCard, settings: Settings) -> None:
        options = read_options(card)
        self._features = options.features
        self._mean, self._std = np.squeeze(options.mean), np.squeeze(options.std)
        self._specs = card.inputs

    def __call__(self, instance: object) -> dict[str, Array]:
        """Return an array for each input, without the batch dimension; raises InvalidInstance."""
        if len(self._specs) > 1:
            names = [spec.name for spec in self._specs]
            values = _in_order(instance, names, "input")
            pairs = zip(self._specs, values, strict=True)
            return {spec.name: self._array(value, spec) for spec, value in pairs}
        if isinstance(instance, dict) and self._features:
            instance = _in_order(instance, self._features, "feature")
        return {self._specs[0].name: self._array(instance, self._specs[0])}

    def _array(self, value: object, spec: TensorSpec) -> Array:
        dtype = np.dtype(spec.dtype)
        if isinstance(value, np.ndarray | np.generic):
            wide = np.asarray(value)
            if wide.dtype.kind not in ARRAYS[dtype.kind]:
                raise InvalidInstance(f"{spec.name!r} is {wide.dtype}, the model takes {dtype}.")
        else:
            wide = self._from_lists(value, dtype, spec)
        wanted = spec.shape[1:]
        if any(want not in (-1, size) for want, size in zip(wanted, wide.shape, strict=False)) or (
            wide.ndim != len(wanted)
        ):
            raise InvalidInstance(
                f"{spec.name!r} has the shape {list(wide.shape)}, the model takes {list(wanted)}."
            )
        return self._narrow(wide, dtype, spec)

    def _from_lists(self, value: object, dtype: np.dtype[Any], spec: TensorSpec) -> Array:
        nested: Any = ELEMENTS[dtype.kind]
        for _ in spec.shape[1:]:
            nested = list[nested]
        try:
            values = msgspec.convert(value, nested)
        except msgspec.ValidationError as error:
            raise InvalidInstance(self._explain(str(error), spec)) from None
        try:
            return np.array(values, np.float64 if dtype.kind == "f" else object)
        except (ValueError, OverflowError):
            raise InvalidInstance(f"the lists of {spec.name!r} differ in length.") from None

    def _narrow(self, wide: Array, dtype: np.dtype[Any], spec: TensorSpec) -> Array:
        """Cast to the model's dtype; NaN, infinities and numbers that do not fit are refused."""
        if dtype.kind == "f":
            with np.errstate(over="ignore", invalid="ignore"):
                normal = wide - self._mean if self._mean.size else wide
                if self._std.size:
                    normal = normal / self._std
                narrow = normal.astype(dtype)
            if not np.isfinite(narrow).all():
                self._refuse(~np.isfinite(wide), "is not a finite number.", spec)
                self._refuse(~np.isfinite(narrow), f"does not fit {dtype}.", spec)
            return narrow
        if dtype.kind in "iu":
            limits = np.iinfo(dtype)
            self._refuse((wide < limits.min) | (wide > limits.max), f"does not fit {dtype}.", spec)
        return wide.astype(dtype)

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
