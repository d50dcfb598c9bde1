"""`predict` on tables of numbers: the same predictions, whatever the rows come in."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from model_service.arrays import Array, Arrays
from model_service.bulk.batches import START, Batch
from model_service.bulk.rows import BatchPreprocessor
from model_service.bulk.tables import Fields, Rows
from model_service.cli.predict import command
from model_service.json_schema import schema_of
from model_service.model_card import ModelCard, convert
from model_service.model_folder import GoldenExamples, ModelFolder
from model_service.preprocessing import KIND
from model_service.preprocessing.tensor import Preprocessor
from model_service.preprocessing.tensor_options import (
    TensorOptions,
)
from model_service.settings import Settings

from ..cards import card
from ..predictions import assert_alike
from .test_tensor import FEATURES, spec

TOLERANCE = 1e-6
DTYPES = st.sampled_from(["float16", "float32", "float64", "int8", "int64", "uint8"])


def card_of(*inputs: dict[str, Any], features: tuple[str, ...] = ()) -> ModelCard:
    """Return a card of a model with these inputs."""
    return card(inputs=inputs, preprocessing={"features": features} if features else {})


def check(given: ModelCard, rows: Any, together: Array | Arrays) -> None:
    """Check that rows preprocessed together are what each gives alone."""
    count = len(rows)
    found: list[dict[int, object]] = []
    for whole in (together, None):
        made: dict[int, object] = {}
        preprocess = BatchPreprocessor(Preprocessor, given, Settings())
        batch = Batch([""] * count, range(count), rows, START, 0, whole)
        for places, inputs in preprocess(batch, made.__setitem__):
            for offset, place in enumerate(places):
                made[place] = {
                    name: (str(array.dtype), array[offset].tobytes(), array[offset].shape)
                    for name, array in inputs.items()
                }
        found.append({place: str(one) for place, one in made.items()})
    assert found[0] == found[1]
    assert sorted(found[0]) == list(range(count))


@hypothesis_settings(deadline=None)
@given(st.data())
def test_rows_of_an_array_are_what_each_gives_alone(data: st.DataObject) -> None:
    shape = data.draw(st.sampled_from([(20, 3), (40, 2), (1, 3), (17, 3)]))
    rows = data.draw(arrays.arrays(data.draw(DTYPES | st.just("bool")), shape))
    check(card_of(spec("x", data.draw(DTYPES | st.just("bool")), 3)), rows, rows)


@hypothesis_settings(deadline=None)
@given(st.data())
def test_columns_are_what_each_row_of_them_gives_alone(data: st.DataObject) -> None:
    columns = [data.draw(arrays.arrays(data.draw(DTYPES), 20)) for _ in FEATURES]
    model = card_of(spec("x", "float32", len(FEATURES)), features=tuple(FEATURES))
    schema = dict.fromkeys(FEATURES, schema_of(model.inputs[0]))
    picked = Fields(schema, is_text=False, several_inputs=False).pick(list(FEATURES))
    rows = Rows(picked, 20, lambda row: [column[row].item() for column in columns])
    check(model, rows, picked.together(columns))


@pytest.fixture
def columns(golden: GoldenExamples, model: ModelFolder) -> dict[str, Array]:
    """Return 50 of the golden instances as named columns."""
    if KIND != "tensor":
        pytest.skip("the service chosen here takes no tensors")
    features = convert(model.card.preprocessing, TensorOptions).features
    rows = [list(row.values()) if isinstance(row, dict) else row for row in golden.instances]
    values = np.resize(np.array(rows, np.float64), (50, len(rows[0])))
    return dict(zip(features or map(str, range(len(rows[0]))), values.T, strict=True))


def predict(folder: Path, files: list[Path], *options: str) -> Result:
    """Run the command on files."""
    runner = CliRunner(env={"SERVICE_MODEL_DIR": str(folder)})
    return runner.invoke(command, [*map(str, files), *options])


@pytest.mark.usefixtures("on_cpu")
def test_the_same_rows_give_the_same_predictions_whatever_they_come_in(
    columns: dict[str, Array], copied_model: Path, tmp_path: Path
) -> None:
    values = np.stack(list(columns.values()), axis=1)
    np.save(tmp_path / "rows.npy", values)
    pq.write_table(pa.table(dict(columns)), tmp_path / "rows.parquet")
    pq.write_table(pa.table({"x": values.tolist()}), tmp_path / "lists.parquet")
    lines = [",".join(columns), *(",".join(map(repr, row)) for row in values.tolist())]
    (tmp_path / "rows.csv").write_text("\n".join(lines))
    (tmp_path / "bare.csv").write_text("\n".join(lines[1:]))
    (tmp_path / "rows.jsonl").write_bytes(b"\n".join(map(msgspec.json.encode, values.tolist())))
    (tmp_path / "rows.json").write_bytes(msgspec.json.encode({"instances": values.tolist()}))
    files = sorted(path for path in tmp_path.iterdir() if path.is_file())
    result = predict(copied_model, files, "--batch-size", "16")
    assert result.exit_code == 0, result.output
    found = [msgspec.json.decode(line) for line in result.stdout.splitlines()]
    assert [(line["file"], line["instance"]) for line in found] == [
        (str(path), number) for path in files for number in range(50)
    ]
    for index, line in enumerate(found):
        assert_alike(line["prediction"], found[index % 50]["prediction"], TOLERANCE)


@pytest.mark.usefixtures("on_cpu")
def test_a_bad_row_of_an_array_is_named_and_the_others_are_predicted(
    columns: dict[str, Array], copied_model: Path, tmp_path: Path
) -> None:
    values = np.stack(list(columns.values()), axis=1)
    values[7, 1] = np.nan
    np.save(tmp_path / "rows.npy", values)
    result = predict(copied_model, [tmp_path / "rows.npy"])
    assert result.exit_code == 1
    (told,) = result.stderr.splitlines()
    assert told.startswith(f"{tmp_path / 'rows.npy'}: Instance 7: ")
    assert told.endswith(" is not a finite number.")
    assert len(result.stdout.splitlines()) == 49
