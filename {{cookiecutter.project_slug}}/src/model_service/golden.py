"""Golden examples on disk: what training expects, read, and what `record` writes, whole or not."""

import base64
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from .arrays import Array
from .card_edit import set_value
from .checks import as_text
from .errors import InvalidModelCard
from .model_card import CARD, GOLDEN, TensorSpec
from .model_folder import ModelFolder

MOST_IN_JSON = 100_000  # numbers: a megabyte; as arrays they are smaller, and read at once


def read_expected(path: Path, specs: Sequence[TensorSpec], count: int) -> dict[str, list[Array]]:
    """Return the rows of the outputs that training gave for `count` instances, by name.

    The file is an `.npz` with an array for each output, or for some, or an `.npy` if the model has
    one output; their rows are in the order of the instances. Raises InvalidModelCard.
    """
    names = ", ".join(spec.name for spec in specs)
    try:
        with path.open("rb") as file:
            loaded = np.load(file, allow_pickle=False)
            several = not isinstance(loaded, np.ndarray)
            arrays: dict[str, Array] = dict(loaded) if several else {specs[0].name: loaded}
        if not all(isinstance(array, np.ndarray) for array in arrays.values()):
            raise ValueError("a part of it is no array")
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise InvalidModelCard(
            f"{path} is no .npz or .npy file of numbers ({error}): write it with numpy.savez."
        ) from None
    by_name = {spec.name: spec for spec in specs}
    if not several and len(specs) > 1:
        raise InvalidModelCard(f"{path} is one array, and the model has the outputs {names}.")
    if not arrays or not arrays.keys() <= by_name.keys():
        found = ", ".join(arrays) or "nothing"
        raise InvalidModelCard(f"{path} holds {found}, and the outputs of the card are {names}.")
    for name, array in arrays.items():
        _check(path, array, by_name[name], count)
    return {name: list(array) for name, array in arrays.items()}


def write_golden(
    model: ModelFolder, instances: Sequence[object], outputs: Mapping[str, Sequence[Array]]
) -> Path:
    """Replace the golden examples, and let the card name them; return their file.

    An instance is as a client sends it, or the bytes of a file; of each output there is a row for
    each. Many numbers go into an `.npz` file beside. Raises InvalidModelCard.
    """
    folder, card = model.path.resolve(), model.path / CARD
    golden = model.card.golden
    golden = msgspec.structs.replace(golden, file=golden.file or GOLDEN)
    target, arrays = (folder / golden.file).resolve(), (folder / golden.arrays).resolve()
    if folder not in target.parents:
        raise InvalidModelCard(f"[golden] file of {card} must lie in {model.path}.")
    plain = {name: [_plain(row) for row in rows] for name, rows in outputs.items()}
    _refuse_infinite(plain)
    many = _are_many(plain)
    if many:
        body = {"arrays": golden.arrays, "outputs": {}}
    else:
        body = {"outputs": {name: [_lists(row) for row in rows] for name, rows in plain.items()}}
    try:
        text = card.read_bytes().decode()
        changed = set_value(text, "golden", "file", golden.file)
        target.parent.mkdir(parents=True, exist_ok=True)
        if many:
            packed = io.BytesIO()
            np.savez(packed, allow_pickle=False, **{n: np.stack(rows) for n, rows in plain.items()})
            _replace(arrays, packed.getvalue())
        _replace(target, _json(instances, body))
        if not many:
            arrays.unlink(missing_ok=True)  # of former examples
        if changed != text:
            _replace(card, changed.encode())
    except OSError as error:
        raise InvalidModelCard(f"{error.filename} cannot be written: {error.strerror}.") from None
    return target


def _check(path: Path, array: Array, spec: TensorSpec, count: int) -> None:
    given = f"{path} has {spec.name!r} as {array.dtype}{list(array.shape)}"
    if array.ndim == 0 or len(array) != count:
        raise InvalidModelCard(f"{given}, and there are {count} instances: each needs one row.")
    shape, wanted = array.shape[1:], spec.shape[1:]
    fits = all(want in (-1, size) for want, size in zip(wanted, shape, strict=False))
    if len(shape) != len(wanted) or not fits:
        raise InvalidModelCard(f"{given}, and the card says {spec}.")
    if array.dtype.kind not in ("U" if spec.dtype == "object" else "fiub"):
        raise InvalidModelCard(f"{given}, which cannot be compared with {spec.dtype}.")


def _refuse_infinite(outputs: Mapping[str, Sequence[Array]]) -> None:
    for name, rows in outputs.items():
        for index, row in enumerate(rows):
            if row.dtype.kind == "f" and not np.isfinite(row).all():
                raise InvalidModelCard(
                    f"The output {name!r} of instance {index} is not finite, so that nothing can be"
                    " compared with it: leave this instance out."
                )


def _are_many(outputs: Mapping[str, Sequence[Array]]) -> bool:
    """Return whether outputs should not be JSON; those of unequal shapes can be nothing else."""
    alike = all(len({row.shape for row in rows}) == 1 for rows in outputs.values())
    return alike and sum(row.size for rows in outputs.values() for row in rows) > MOST_IN_JSON


def _json(instances: Sequence[object], body: Mapping[str, Any]) -> bytes:
    """Return the file: a line for each instance, so that a change of one can be seen."""
    lines = b",\n  ".join(msgspec.json.encode(_sent(one), enc_hook=_listed) for one in instances)
    return b'{"instances": [\n  ' + lines + b"],\n " + msgspec.json.encode(body)[1:] + b"\n"


def _sent(instance: object) -> object:
    """Return an instance as a client would send it in JSON."""
    if isinstance(instance, bytes):
        return {"b64": base64.b64encode(instance).decode()}
    return instance


def _listed(value: Any) -> Any:
    return value.tolist()  # an array of NumPy, or one of its numbers


def _plain(row: Array) -> Array:
    """Return a row that needs no pickle: texts as such, where a runtime has objects."""
    return as_text(row).astype(str) if row.dtype.kind in "OS" else np.asarray(row)


def _lists(row: Array) -> Any:
    """Return nested lists; of floats with the digits that their kind holds, and no more."""
    if row.dtype.kind == "f" and row.dtype.itemsize < 8:
        row = np.vectorize(lambda value: float(f"{value:.9g}"), otypes=[float])(row)
    return row.tolist()


def _replace(path: Path, content: bytes) -> None:
    """Write a file that is there whole or as it was."""
    new = path.with_name(f"new.{path.name}")
    new.write_bytes(content)
    new.replace(path)
