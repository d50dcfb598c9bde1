"""Models that others made, as their owners import them into a render.

What they must answer is what their own runtime gives for the same arrays, a row at a time.
"""

import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from model_service.arrays import Arrays
from torch import Tensor, nn

from .architectures import facenet
from .nets import NETS, PACKAGES
from .references import (
    Reference,
    run_facenet,
    run_keras,
    run_onnx,
    run_saved_model,
    run_silero_vad_itself,
    run_tflite,
)

ROWS = 2


@dataclass(frozen=True)
class Import:
    """A model file of a framework, the arrays that it is asked for, and what gives the truth.

    `options` are those that its owner gives to `import-model`; `{folder}` in them is a folder for
    what `prepare` writes there: it returns the file to import if that is not `path`.
    """

    framework: str
    path: Path
    inputs: Arrays
    bare: Reference
    options: tuple[str, ...] = ()
    architecture: str = ""  # its owner writes this file for a state dict
    prepare: Callable[[Path, Path], Path] = lambda path, folder: path

    def expected(self) -> Arrays:
        """Return what the runtime answers by itself."""
        rows = ({name: a[i : i + 1] for name, a in self.inputs.items()} for i in range(ROWS))
        runs = [self.bare(self.path, row) for row in rows]
        return {name: np.concatenate([run[name] for run in runs]) for name in runs[0]}


def of_net(name: str, framework: str, bare: Reference, architecture: str = "") -> Import:
    """Return the import of a network of nets.toml; `architecture` is its name if it needs one."""
    file = NETS[name].formats[framework]
    names = (spec.name for spec in file.inputs)
    inputs = dict(zip(names, NETS[name].batch(ROWS), strict=True))
    return Import(framework, file.path, inputs, bare, architecture=architecture)


def magika() -> Import:
    """Tell the type of a file by 2048 of its bytes; its labels stand in its configuration."""
    path = PACKAGES / "magika" / "models" / "standard_v3_3" / "model.onnx"

    def write_labels(model: Path, folder: Path) -> Path:
        labels = json.loads(model.with_name("config.min.json").read_text())["target_labels_space"]
        (folder / "labels.json").write_text(json.dumps(labels))
        return model

    content = np.random.default_rng(0).integers(0, 257, (ROWS, 2048), np.int32)
    options = ("--labels", "{folder}/labels.json")
    return Import("onnxruntime", path, {"bytes": content}, run_onnx, options, "", write_labels)


def text_lines() -> Import:
    """Tell whether a line of text stands upside down, in images of any size."""
    path = PACKAGES / "rapidocr_onnxruntime" / "models" / "ch_ppocr_mobile_v2.0_cls_infer.onnx"
    images = np.random.default_rng(0).normal(0, 1, (ROWS, 3, 48, 192)).astype(np.float32)
    return Import("onnxruntime", path, {"x": images}, run_onnx)


class Named(nn.Module):
    """RNet with names for what it takes and gives."""

    def __init__(self) -> None:
        super().__init__()
        self.network = facenet("RNet").eval()

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """Return where faces are and how sure that is, for float32 [batch, 3, 24, 24]."""
        boxes, faces = self.network(image)
        return {"boxes": boxes, "faces": faces}


def to_program(path: Path, folder: Path) -> Path:
    """Export RNet with its weights by torch.export."""
    batch = {0: torch.export.Dim.DYNAMIC}
    example = (torch.zeros(2, 3, 24, 24),)
    program = torch.export.export(Named(), example, dynamic_shapes=(batch,))
    torch.export.save(program, folder / "rnet.pt2")
    return folder / "rnet.pt2"


def to_torchscript(path: Path, folder: Path) -> Path:
    """Write RNet with its weights as TorchScript."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is deprecated, and around
        trace: Any = torch.jit.trace
        trace(facenet("RNet").eval(), torch.zeros(2, 3, 24, 24)).save(folder / "rnet.pt")
    return folder / "rnet.pt"


def rnet(architecture: str, prepare: Callable[[Path, Path], Path]) -> Import:
    """Return the import of RNet in a format that `prepare` makes of its weights."""
    return replace(of_net("rnet", "pytorch", run_facenet, architecture), prepare=prepare)


IMPORTS: dict[str, Callable[[], Import]] = {
    "onnxruntime, a batch of one": partial(of_net, "alexa", "onnxruntime", run_onnx),
    "onnxruntime, three outputs": partial(of_net, "basic_pitch", "onnxruntime", run_onnx),
    "onnxruntime, whole numbers": magika,
    "onnxruntime, any size": text_lines,
    "tflite, a batch of one": partial(of_net, "hey_jarvis", "tflite", run_tflite),
    "tflite, convolutions": partial(of_net, "embedding", "tflite", run_tflite),
    "tflite, int8": partial(of_net, "fer", "tflite", run_tflite),
    "tensorflow, SavedModel": partial(of_net, "basic_pitch", "tensorflow", run_saved_model),
    "tensorflow, HDF5": partial(of_net, "fer", "tensorflow", run_keras),
    "tensorflow, four inputs": partial(of_net, "deeplc_8c22", "tensorflow", run_keras),
    "tensorflow, four more": partial(of_net, "deeplc_cb97", "tensorflow", run_keras),
    "pytorch, state dict": partial(of_net, "rnet", "pytorch", run_facenet, "rnet"),
    "pytorch, safetensors": partial(
        of_net, "silero_vad", "pytorch", run_silero_vad_itself, "silero_vad"
    ),
    "pytorch, exported": partial(rnet, "", to_program),
    "pytorch, TorchScript": partial(rnet, "rnet", to_torchscript),
}
