"""The engines run models that others made, and give the answers of another runtime or format."""

from collections import Counter
from importlib import import_module

import numpy as np
import pytest
from model_service import architecture
from model_service.arrays import Array
from model_service.engine import Engine

from .answers import QUESTIONS
from .foreign.architectures import ARCHITECTURES
from .foreign.nets import NETS, PACKAGES, Format, Net
from .foreign.references import expected

CASES = [(name, framework) for name, net in NETS.items() for framework in net.formats]


@pytest.fixture(scope="module", params=CASES, ids=" ".join)
def case(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Return the name of a network and a framework that runs it."""
    if not PACKAGES.is_dir():
        pytest.fail("The packages that hold the models are not here: `make test` fetches them.")
    name, framework = request.param
    return name, framework


@pytest.fixture(scope="module")
def net(case: tuple[str, str]) -> Net:
    return NETS[case[0]]


@pytest.fixture(scope="module")
def file(case: tuple[str, str], net: Net) -> Format:
    return net.formats[case[1]]


@pytest.fixture(scope="module")
def engine(case: tuple[str, str], file: Format) -> Engine:
    name, framework = case
    load = import_module(f"model_service.engine.{framework}").load
    with pytest.MonkeyPatch.context() as owner:
        if name in ARCHITECTURES:
            owner.setattr(architecture, "build", ARCHITECTURES[name])
            owner.setattr(architecture, "INPUTS", file.inputs)
            owner.setattr(architecture, "OUTPUTS", file.outputs)
        engine: Engine = load(file.path, "cpu", 1)
    return engine


def test_every_engine_runs_three_of_them() -> None:
    networks = Counter(framework for _, framework in CASES)
    assert all(networks[framework] >= 3 for framework in QUESTIONS["framework"]), networks


def test_the_signature_is_told(engine: Engine, file: Format) -> None:
    assert set(engine.inputs) == set(file.inputs)
    assert set(engine.outputs) == set(file.outputs)


@pytest.mark.parametrize("count", [1, 5])
def test_the_answers_are_those_of_the_reference(
    count: int, net: Net, engine: Engine, file: Format
) -> None:
    batch = net.batch(count)
    truth = expected(net, file, batch)
    answers = run(engine, file, batch)
    for spec, right in zip(file.outputs, truth, strict=True):
        np.testing.assert_allclose(answers[spec.name], right, file.tolerance, file.tolerance)
        assert answers[spec.name].dtype == spec.dtype
        if count > 1:  # answers that are all alike would prove nothing
            assert np.ptp(right, axis=0).max() > 5 * file.tolerance


def run(engine: Engine, file: Format, batch: list[Array]) -> dict[str, Array]:
    """Run an engine as the service does: all rows at once if the model takes them."""
    size = 1 if file.inputs[0].shape[0] == 1 else len(batch[0])
    parts = [np.split(rows, len(rows) // size) for rows in batch]
    names = [spec.name for spec in file.inputs]
    runs = [engine.run(dict(zip(names, part, strict=True))) for part in zip(*parts, strict=True)]
    return {name: np.concatenate([run[name] for run in runs]) for name in runs[0]}
