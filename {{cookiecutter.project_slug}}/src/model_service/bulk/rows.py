"""Instances of a batch -> the inputs of the model, all at once wherever that gives the same."""

from collections.abc import Callable, Iterator, Sequence

import msgspec
import numpy as np

from ..arrays import Array, Arrays
from ..errors import InvalidModelCard, ServiceError
from ..model_card import ModelCard
from ..settings import Settings
from .batches import BATCH_BYTES, Batch

FEW = 8  # rows, below which halving a batch to find the bad ones does not pay

Group = tuple[Sequence[int], Arrays]  # the places of rows in the batch, and their inputs
Refuse = Callable[[int, object], None]
Preprocess = Callable[[object], dict[str, Array]]


class BatchPreprocessor:
    """The preprocessing of the service, of many rows in one call wherever that gives the same.

    To it, rows in an array are one instance with a dimension more. What an owner has written for
    one row may mean something else then, so the first and the last row are compared.
    """

    def __init__(
        self, make: Callable[[ModelCard, Settings], Preprocess], card: ModelCard, settings: Settings
    ) -> None:
        self._one = make(card, settings)
        specs = [msgspec.structs.replace(spec, shape=(-1, *spec.shape)) for spec in card.inputs]
        try:
            self._many: Preprocess | None = make(
                msgspec.structs.replace(card, inputs=tuple(specs)), settings
            )
        except InvalidModelCard:  # what it takes is no array
            self._many = None

    def __call__(self, batch: Batch, refuse: Refuse) -> Iterator[Group]:
        """Yield the inputs of the rows, those of equal shape together, and refuse the others."""
        every = range(len(batch.rows))
        if batch.together is None or self._many is None:
            yield from self._each(batch.rows, every, refuse)
        else:
            yield from self._together(batch.rows, every, batch.together, refuse)

    def _together(
        self,
        rows: Sequence[object] | Array,
        places: range,
        instance: Array | Arrays,
        refuse: Refuse,
    ) -> Iterator[Group]:
        try:
            assert self._many
            inputs = self._many(instance)
            if all(self._same(inputs, offset, rows[places[offset]]) for offset in (0, -1)):
                yield places, inputs
                return
        except Exception:  # of a bad row, or of what an owner wrote for one row
            half = len(places) // 2
            if half >= FEW:
                for part in (slice(None, half), slice(half, None)):
                    yield from self._together(rows, places[part], _part(instance, part), refuse)
                return
        yield from self._each(rows, places, refuse)

    def _same(self, inputs: Arrays, offset: int, row: object) -> bool:
        alone = self._one(row)
        return alone.keys() == inputs.keys() and all(
            array.dtype == inputs[name].dtype and np.array_equal(array, inputs[name][offset])
            for name, array in alone.items()
        )

    def _each(
        self, rows: Sequence[object] | Array, places: Sequence[int], refuse: Refuse
    ) -> Iterator[Group]:
        alike: dict[object, list[tuple[int, dict[str, Array]]]] = {}
        size = 0
        for index in places:
            row = rows[index]
            if isinstance(row, ServiceError):
                refuse(index, row)
                continue
            try:
                inputs = self._one(row)
            except ServiceError as error:
                refuse(index, error)
            except Exception as error:  # an owner's code, on an input that nobody thought of
                refuse(index, f"The preprocessing failed: {error!r}.")
            else:
                shapes = tuple(array.shape for array in inputs.values())
                alike.setdefault(shapes, []).append((index, inputs))
                size += sum(array.nbytes for array in inputs.values())
            if size >= BATCH_BYTES:  # a model of any input size may get large ones
                yield from map(_stacked, alike.values())
                alike, size = {}, 0
        yield from map(_stacked, alike.values())


def _stacked(group: list[tuple[int, dict[str, Array]]]) -> Group:
    names = group[0][1]
    inputs = {name: np.stack([row[name] for _, row in group]) for name in names}
    return [index for index, _ in group], inputs


def _part(instance: Array | Arrays, part: slice) -> Array | Arrays:
    if isinstance(instance, np.ndarray):
        return instance[part]
    return {name: array[part] for name, array in instance.items()}
