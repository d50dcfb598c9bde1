"""What every scheme must show on the model of this service: it loads, agrees, and is smaller."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from model_service.engine import Engine
from model_service.model_folder import ModelFolder, sha256_of, size_of
from model_service.preprocessing import KIND
from model_service.quantization import Comparison, compare, read_samples
from model_service.settings import Settings

Load = Callable[[Path, str, int], Engine]

# Of LiteRT's schemes only static int8 reaches a table of rows to look up, which is most of a small
# model of text; the others make what is multiplied smaller.
IS_TABLE = KIND == "text"


@dataclass(frozen=True)
class Proof:
    """A quantized artefact against its original."""

    original: Path
    target: Path
    before: Engine
    engine: Engine
    comparison: Comparison

    @property
    def size_ratio(self) -> float:
        """The size of the quantized artefact, 1 is that of the original."""
        return size_of(self.target) / size_of(self.original)


def prove(scheme: ModuleType, model: ModelFolder, folder: Path, load: Load) -> Proof:
    """Quantize the model with its own samples, and compare on the ones held out."""
    card = model.card
    original = model.original()
    target = folder / f"quantized{scheme.SUFFIX}"
    calibration = read_samples(model.file(card.quantization.calibration), card, Settings())
    scheme.quantize(original, target, calibration.rows(range(calibration.count)))
    assert sha256_of(original) == card.artefact.sha256
    assert list(folder.iterdir()) == [target]
    evaluation = model.file(card.quantization.evaluation)
    samples = read_samples(evaluation, card, Settings(), model.labels())
    before, engine = load(original, "cpu", 1), load(target, "cpu", 1)
    return Proof(original, target, before, engine, compare(before, engine, samples, card))


def assert_can_be_served(proof: Proof, model: ModelFolder) -> None:
    """Check what `quantize` and the start of the service will ask for."""
    assert proof.engine.inputs == proof.before.inputs
    stated = {spec.name: spec for spec in proof.engine.outputs}
    assert all(stated[spec.name].accepts(spec) for spec in model.card.outputs)
    assert proof.comparison.agreement >= model.card.quantization.min_agreement
