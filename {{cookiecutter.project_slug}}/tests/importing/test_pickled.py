"""What a pickle would import is told from its instructions, in every version of the format."""

import collections
import io
import os
import pickle
import pickletools
from pathlib import Path
from typing import Any

import pytest

from model_service.importing.pickled import (
    LEGACY_TORCH,
    is_legacy_state_dict,
    is_state_dict,
    modules,
)

PROTOCOLS = range(2, pickle.HIGHEST_PROTOCOL + 1)


class Harmful:
    """Runs a command when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch pwned",)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_containers_and_numbers_are_no_code(protocol: int) -> None:
    content = collections.OrderedDict({"a": 1, "b": [2.0, "torch"]})
    pickled = pickle.dumps(content, protocol)
    assert set(modules(io.BytesIO(pickled))) <= {"collections"}
    assert is_state_dict(io.BytesIO(pickled))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_code_is_found_and_not_run(
    protocol: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pickled = pickle.dumps({"weights": Harmful()}, protocol)
    assert os.system.__module__ in set(modules(io.BytesIO(pickled)))
    assert not is_state_dict(io.BytesIO(pickletools.optimize(pickled)))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "pickled", [b"", b"\x80\x02", b"\x80\x02ctorch", b"\x80\x04\x93.", b"\x82\x01."]
)
def test_what_is_damaged_or_hides_its_names_is_no_state_dict(pickled: bytes) -> None:
    assert not is_state_dict(io.BytesIO(pickled))


def test_a_file_of_former_versions_has_its_tensors_behind_three_other_pickles(
    tmp_path: Path,
) -> None:
    path = tmp_path / "model.pt"
    heads = LEGACY_TORCH + pickle.dumps(1001, 2) + pickle.dumps({"little_endian": True}, 2)
    path.write_bytes(heads + pickle.dumps({"w": 1}, 2) + b"\x80\x02]." + b"raw numbers")
    assert is_legacy_state_dict(path)
    path.write_bytes(heads + pickle.dumps(Harmful(), 2))
    assert not is_legacy_state_dict(path)
    path.write_bytes(heads[:-4])
    assert not is_legacy_state_dict(path)
