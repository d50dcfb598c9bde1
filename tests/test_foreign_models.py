"""The engines run models that others made, and give the answers of another runtime or format."""

from collections import Counter
from importlib import import_module

import numpy as np
import pytest
from model_service.arrays import Array
from model_service.engine import Engine

from .answers import QUESTIONS
from .foreign.nets import NETS, PACKAGES, Format, Net
from .foreign.references import expected

Case = tuple[Net, str]  # in the format of that framework

CASES = [(name, framework) for name, net in NETS.items() for framework in net.formats]


@pytest.fixture(scope="module", params=CASES, ids=" ".join)
def case(request: pytest.FixtureRequest) -> Case:
    if not PACKAGES.is_dir():
        pytest.fail("The packages that hold the models are not here: `make test` fetches them.")
    name, framework = request.param
    return NETS[name], framework


@pytest.fixture(scope="module")
def file(case: Case) -> Format:
    net, framework = case
    return net.formats[framework]


@pytest.fixture(scope="module")
def engine(case: Case, file: Format) -> Engine:
    _, framework = case
    loaded: Engine = import_module(f"model_service.engine.{framework}").load(file.path, "cpu", 1)
    return loaded


def test_every_engine_runs_three_of_them() -> None:
    networks = Counter(framework for _, framework in CASES)
    assert all(networks[framework] >= 3 for framework in QUESTIONS["framework"]), networks


def test_the_signature_is_told(engine: Engine, file: Format) -> None:
    assert set(engine.inputs) == set(file.inputs)
    assert set(engine.outputs) == set(file.outputs)


@pytest.mark.parametrize("count", [1, 5])
def test_the_answers_are_those_of_the_reference(
    count: int, case: Case, engine: Engine, file: Format
) -> None:
    net, _ = case
    batch = net.batch(count)
    truth = expected(file.reference, net.formats[file.reference], batch)
    answers = run(engine, file, batch)
    for spec, right in zip(file.outputs, truth, strict=True):
        np.testing.assert_allclose(answers[spec.name], right, net.tolerance, net.tolerance)
        assert answers[spec.name].dtype == spec.dtype
        if count > 1:  # answers that are all alike would prove nothing
            assert np.ptp(right, axis=0).max() > 100 * net.tolerance


def run(engine: Engine, file: Format, batch: list[Array]) -> dict[str, Array]:
    """Run an engine as the service does: all rows at once if the model takes them."""
    size = 1 if file.inputs[0].shape[0] == 1 else len(batch[0])
    parts = [np.split(rows, len(rows) // size) for rows in batch]
    names = [spec.name for spec in file.inputs]
    runs = [engine.run(dict(zip(names, part, strict=True))) for part in zip(*parts, strict=True)]
    return {name: np.concatenate([run[name] for run in runs]) for name in runs[0]}
