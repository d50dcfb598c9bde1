"""Static int8 for PyTorch: weights and activations int8, compiled ahead of time.

The artefact is a package that AOTInductor compiles from the network, so that the service needs no
compiler; `quantize` needs one (g++), and a CPU with the features of the one that serves. A graph
with int8 that is not compiled runs slower than the original.
"""

import logging
import shutil
import warnings
from pathlib import Path

import msgspec
import torch
from torch import Tensor, nn
from torch._inductor import aoti_compile_and_package
from torch.export import Dim, ExportedProgram, export

from .. import architecture
from ..arrays import Arrays
from ..engine import pytorch_weights
from ..engine.pytorch_programs import METADATA, About, cpu_features
from ..errors import InvalidArtefact

for name in ("torchao", "torch.utils._pytree"):  # of parts for GPUs that torchao finds missing
    logging.getLogger(name).setLevel(logging.ERROR)

from torchao.quantization.pt2e.quantize_pt2e import (  # noqa: E402
    convert_pt2e,
    prepare_pt2e,
)
from torchao.quantization.pt2e.quantizer.x86_inductor_quantizer import (  # noqa: E402
    X86InductorQuantizer,
    get_default_x86_inductor_quantization_config,
)

SCHEME = "static-int8"
SUFFIX = ".pt2"
COMPILER = "g++"
EXAMPLE_ROWS = 2  # with one row, the batch would be exported as always one


def quantize(original: Path, target: Path, calibration: Arrays) -> None:
    """Write the compiled artefact; `calibration` are typical inputs of the model.

    Raises InvalidArtefact if there is no compiler, or the original is no state dict.
    """
    if shutil.which(COMPILER) is None:
        raise InvalidArtefact(f"{SCHEME} compiles the model and needs {COMPILER}: install it.")
    network = pytorch_weights.fill(pytorch_weights.read(original), original.name)
    samples = [torch.from_numpy(calibration[spec.name]) for spec in architecture.INPUTS]
    example = tuple(torch.cat([rows[:1]] * EXAMPLE_ROWS) for rows in samples)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter and the compiler warn of their own code
        prepared = prepare_pt2e(_exported(network, example).module(), quantizer_of(network))
        for row in range(len(samples[0])):
            prepared(*(rows[row : row + 1] for rows in samples))
        _compile(_exported(convert_pt2e(prepared), example), target)


def _compile(program: ExportedProgram, target: Path) -> None:
    about = About(architecture.INPUTS, architecture.OUTPUTS, cpu_features())
    settings = {
        "freezing": True,  # without it the weights are packed anew in every run
        "cpp.threads": 1,  # else as many as this machine has now
        "aot_inductor.metadata": {METADATA: msgspec.json.encode(about).decode()},
    }
    aoti_compile_and_package(program, package_path=str(target.resolve()), inductor_configs=settings)


def _exported(network: nn.Module, example: tuple[Tensor, ...]) -> ExportedProgram:
    """Export a network with the dimensions of any size that its inputs state."""
    shapes = tuple(
        {i: Dim.DYNAMIC for i, size in enumerate(spec.shape) if size == -1}
        for spec in architecture.INPUTS
    )
    return export(network, example, dynamic_shapes=shapes)


def quantizer_of(network: nn.Module) -> X86InductorQuantizer:
    """Return the quantizer of all layers that int8 serves.

    Convolutions of one channel each gain nothing, and compiled by PyTorch 2.13 give wrong numbers.
    """
    quantizer = X86InductorQuantizer()
    quantizer.set_global(get_default_x86_inductor_quantization_config())
    for name, layer in network.named_modules():
        if isinstance(layer, nn.Conv2d) and layer.in_channels == layer.groups:
            quantizer.set_module_name_qconfig(name, None)
    return quantizer
