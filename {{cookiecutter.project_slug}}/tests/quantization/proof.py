"""What every scheme must show on the model of this service: it loads, agrees, and is smaller."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import onnx

from model_service.arrays import Arrays
from model_service.engine import Engine, load
from model_service.model_folder import ModelFolder
from model_service.quantization import Comparison, compare, read_samples

Quantize = Callable[[Path, Path, Arrays], None]


@dataclass(frozen=True)
class Proof:
    """A quantized artefact against its original."""

    original: Path
    target: Path
    engine: Engine
    comparison: Comparison

    @property
    def size_ratio(self) -> float:
        """The size of the quantized file, 1 is that of the original."""
        return self.target.stat().st_size / self.original.stat().st_size

    def weights(self) -> Counter[str]:
        """Return how many numbers of each type the quantized file holds."""
        counts: Counter[str] = Counter()
        for tensor in onnx.load(self.target).graph.initializer:
            name = onnx.TensorProto.DataType.Name(tensor.data_type)
            counts[name] += onnx.numpy_helper.to_array(tensor).size
        return counts


def prove(quantize: Quantize, model: ModelFolder, folder: Path) -> Proof:
    """Quantize the model with its own samples, and compare on the ones held out."""
    card = model.card
    original = model.file(card.artefact.file)
    target = folder / f"quantized{original.suffix}"
    calibration, _ = read_samples(model.file(card.quantization.calibration), card)
    before = original.read_bytes()
    quantize(original, target, calibration)
    assert original.read_bytes() == before
    assert list(folder.iterdir()) == [target]
    samples, labels = read_samples(model.file(card.quantization.evaluation), card)
    engine = load(target, "cpu", 1)
    comparison = compare(load(original, "cpu", 1), engine, samples, labels, card)
    return Proof(original, target, engine, comparison)


def assert_can_be_served(proof: Proof, model: ModelFolder) -> None:
    """Check what `quantize` and the start of the service will ask for."""
    assert proof.engine.inputs == load(proof.original, "cpu", 1).inputs
    stated = {spec.name: spec for spec in proof.engine.outputs}
    assert all(stated[spec.name].accepts(spec) for spec in model.card.outputs)
    assert proof.comparison.agreement >= model.card.quantization.min_agreement
    assert proof.size_ratio < 1
