"""Train the starter models on data that ships in packages, and write their model folders.

    pip install -r tools/requirements.txt
    python tools/train_starters.py

Takes about a minute on two cores. The results are committed; run it again after a change here.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np

try:
    from starters import (
        cancer,
        card,
        digits,
        export_onnx,
        export_pytorch,
        export_tensorflow,
        export_tflite,
        languages,
        samples,
    )
    from starters.starter import Starter, probabilities
except ModuleNotFoundError as error:
    sys.exit(f"{error.name} is missing: run `pip install -r tools/requirements.txt` first.")

MODELS = Path(__file__).parents[1] / "{{cookiecutter.project_slug}}" / "model"
LARGEST_DIFFERENCE = 1e-5
STARTERS = {"image": digits.make, "tensor": cancer.make, "text": languages.make}
EXPORTERS = {
    "onnxruntime": export_onnx,
    "pytorch": export_pytorch,
    "tensorflow": export_tensorflow,
    "tflite": export_tflite,
}


def main() -> None:
    """Make every starter; exits non-zero if one is not good enough to ship."""
    for kind, make in STARTERS.items():
        print(f"Training the {kind} starter ...", flush=True)
        starter = make()
        with tempfile.TemporaryDirectory() as folder:
            write(starter, Path(folder))  # what fails a check must not replace what is good
            shutil.copytree(folder, MODELS / kind, dirs_exist_ok=True)


def write(starter: Starter, folder: Path) -> None:
    """Write the model folder of a starter and print what was measured; exits on a failed check."""
    expected = probabilities(starter.network, starter.held_out.inputs)
    accuracy = float((expected.argmax(axis=1) == starter.held_out.labels).mean())
    print(f"  {starter.name}: accuracy {accuracy:.1%} on {len(starter.held_out)} held-out samples")
    if accuracy < starter.min_accuracy:
        sys.exit(f"{starter.name} must reach {starter.min_accuracy:.0%}: improve its training.")

    samples.write(starter, expected, folder)
    for framework, exporter in EXPORTERS.items():
        artefact = folder / framework / exporter.FILE
        artefact.parent.mkdir()
        exporter.export(starter, artefact)
        exported = exporter.run(starter, artefact)
        check_export(starter, framework, float(np.abs(exported - expected).max()))
        card.write(starter, artefact, accuracy)
    for path in sorted(folder.rglob("*.*")):
        print(f"  {path.stat().st_size:7,} bytes  {path.relative_to(folder)}")


def check_export(starter: Starter, framework: str, difference: float) -> None:
    """Exit unless an exported model gives what the trained network gives."""
    print(f"  {framework}: differs from the trained network by {difference:.1e} at most")
    if difference > LARGEST_DIFFERENCE:
        sys.exit(f"{starter.name} was exported wrongly for {framework}: mend its exporter.")


if __name__ == "__main__":
    main()
