"""Samples to calibrate a quantized artefact with, and to judge it by: rows of the model's inputs.

They are an `.npz` of the inputs themselves, or a CSV or a folder of files, whose instances are
preprocessed as those of requests are: what calibrates is what will be served.
"""

import csv
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ..arrays import Array, Arrays
from ..errors import InvalidModelCard, ServiceError
from ..model_card import ModelCard
from ..preprocessing import Preprocessor, instance_schema, read_instances
from ..settings import Settings

LABEL, FILE = "label", "file"  # columns of a CSV
SHOWN = 5  # labels in a sentence
Source = tuple[str, Callable[[], object]]  # where an instance comes from, and what reads it


@dataclass(frozen=True)
class Samples:
    """Rows that are made when they are asked for, since all of them may not fit the memory.

    `labels` are the indices of their right labels, None where these are not known.
    """

    count: int
    row: Callable[[int], Arrays]
    labels: Array | None = None

    def rows(self, indices: Iterable[int]) -> dict[str, Array]:
        """Return the samples of some indices as a batch; raises InvalidModelCard."""
        rows = [self.row(index) for index in indices]
        try:
            return {name: np.stack([row[name] for row in rows]) for name in rows[0]}
        except ValueError:
            raise InvalidModelCard(
                "The samples become arrays of different shapes, which cannot share a run: let"
                " [preprocessing] bring them to one size, or give samples of one size."
            ) from None


def read_samples(
    path: Path, card: ModelCard, settings: Settings, labels: Sequence[str] = ()
) -> Samples:
    """Return the samples of a folder, a `.csv` or an `.npz`; raises InvalidModelCard.

    A folder has a file an instance, or a folder of them for each label. A CSV has a row an
    instance: its columns are the features or inputs, or `file`, and maybe `label`. An `.npz` has an
    array for each input, and maybe `label`, indices. Without `labels` none are read.
    """
    if path.suffix.lower() == ".npz":
        return _of_arrays(path, card, len(labels))
    sources, named = _in_folder(path) if path.is_dir() else _in_table(path, card)
    if not sources:
        raise InvalidModelCard(f"{path} holds no sample.")
    if not card.native:
        raise InvalidModelCard(f"The model takes what no instance expresses: {path} must be .npz.")
    preprocess = Preprocessor(card, settings)

    def row(index: int) -> Arrays:
        name, read = sources[index]
        try:
            return preprocess(read())
        except (ServiceError, OSError) as error:
            raise InvalidModelCard(f"The sample {name} cannot be used: {error}") from None

    indices = _indices(named, labels, path) if named and labels else None
    return Samples(len(sources), row, indices)


def _of_arrays(path: Path, card: ModelCard, classes: int) -> Samples:
    try:
        with path.open("rb") as file:
            arrays: dict[str, Array] = dict(np.load(file, allow_pickle=False))
        samples = {spec.name: arrays[spec.name].astype(spec.dtype) for spec in card.inputs}
    except (OSError, ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise InvalidModelCard(f"{path.name} does not hold the model's inputs: {error}.") from None
    for spec in card.inputs:
        shape = samples[spec.name].shape
        fits = len(shape) == len(spec.shape) and all(
            want in (-1, size) for want, size in zip(spec.shape[1:], shape[1:], strict=True)
        )
        if not fits:
            raise InvalidModelCard(f"{path.name} has the shape {list(shape)} for the input {spec}.")
    counts = {len(array) for array in samples.values()}
    if len(counts) > 1 or 0 in counts:
        raise InvalidModelCard(f"{path.name} needs equally many rows for all inputs, at least one.")
    (count,) = counts
    labels = arrays.get(LABEL) if classes else None
    if labels is not None and not (
        labels.shape == (count,) and np.isin(labels, np.arange(classes)).all()
    ):
        raise InvalidModelCard(
            f"{path.name} needs one {LABEL!r} for each of its {count} rows: 0 to {classes - 1}."
        )
    return Samples(count, lambda index: {n: array[index] for n, array in samples.items()}, labels)


def _in_folder(folder: Path) -> tuple[list[Source], list[str]]:
    """Return the files, and the name of the folder of each if all lie in folders."""
    names = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    seen = [name for name in names if not any(part.startswith(".") for part in name.parts)]
    sources: list[Source] = [(str(folder / name), partial(_read, folder / name)) for name in seen]
    sorted_out = all(len(name.parts) > 1 for name in seen)
    return sources, [name.parts[0] for name in seen] if sorted_out else []


def _in_table(path: Path, card: ModelCard) -> tuple[list[Source], list[str]]:
    """Return the rows of a CSV, and the label of each if there is such a column."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            header, *rows = [row for row in csv.reader(file, strict=True) if row]
    except (OSError, ValueError, csv.Error) as error:
        raise InvalidModelCard(
            f"{path} is no folder, no .npz and no CSV with a line of names: {error}."
        ) from None
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header) or len(set(header)) < len(header):
            raise InvalidModelCard(
                f"{path} needs a column for each of its {len(set(header))} names: row {number} has"
                f" {len(row)}."
            )
    tables = [dict(zip(header, row, strict=True)) for row in rows]
    named = [table.pop(LABEL) for table in tables] if LABEL in header else []
    sources: list[Source] = [
        (f"in row {number} of {path}", partial(_from_row, table, path.parent, card))
        for number, table in enumerate(tables, start=2)
    ]
    return sources, named


def _from_row(row: dict[str, str], folder: Path, card: ModelCard) -> object:
    """Return the instance of a row of a CSV: a file, an object of its columns, or a list."""
    if FILE in row:
        return _read(folder / row[FILE])
    schema = instance_schema(card)
    texts = {spec.name for spec in card.inputs if np.dtype(spec.dtype).kind == "O"}
    values = {name: text if name in texts else _number(text) for name, text in row.items()}
    is_object = schema.get("anyOf", [schema])[0]["type"] == "object"
    return values if is_object else list(values.values())


def _number(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _read(file: Path) -> Any:
    instances = read_instances(file.read_bytes())
    if len(instances) != 1:
        raise InvalidModelCard(f"it holds {len(instances)} instances, and a file needs one.")
    return instances[0]


def _indices(names: Sequence[str], labels: Sequence[str], path: Path) -> Array:
    places = {label: place for place, label in enumerate(labels)}
    if unknown := [name for name in names if name not in places]:
        known = ", ".join([*labels[:SHOWN], "..."] if len(labels) > SHOWN else labels)
        raise InvalidModelCard(f"{path}: {unknown[0]!r} is none of the model's labels: {known}.")
    return np.array([places[name] for name in names])
