"""The layers of the PyTorch networks; a state dict has none, so an owner writes such a file."""

import ast
import inspect
import os
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from .nets import NETS, PACKAGES

MTCNN = PACKAGES / "facenet_pytorch" / "models" / "mtcnn.py"


def layers_of(name: str) -> str:
    """Return the class of a network of facenet-pytorch as it stands there."""
    text = MTCNN.read_text(encoding="utf-8")
    (found,) = (
        part
        for part in ast.parse(text).body
        if isinstance(part, ast.ClassDef) and part.name == name
    )
    return ast.unparse(found)


def facenet(name: str, **options: bool) -> nn.Module:
    """Return a network of facenet-pytorch, by default with the weights that its authors load.

    It is cut out of its module, which imports torchvision for what is not needed here.
    """
    names = {"torch": torch, "nn": nn, "os": os, "__name__": name, "__file__": str(MTCNN)}
    exec(compile(layers_of(name), MTCNN, "exec"), names)
    network: nn.Module = names[name](**options)  # type: ignore[operator]
    return network


class SileroVad(nn.Module):
    """Silero VAD at 16 kHz, for the first window of a sound: there is no state yet.

    Its authors describe these layers for another library, tinygrad.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stft_conv = nn.Conv1d(1, 2 * 129, 256, stride=128, bias=False)
        self.conv1 = nn.Conv1d(129, 128, 3, padding=1)
        self.conv2 = nn.Conv1d(128, 64, 3, stride=2, padding=1)
        self.conv3 = nn.Conv1d(64, 64, 3, stride=2, padding=1)
        self.conv4 = nn.Conv1d(64, 128, 3, padding=1)
        self.lstm_cell = nn.LSTMCell(128, 128)
        self.final_conv = nn.Conv1d(128, 1, 1)

    def forward(self, sound: Tensor) -> Tensor:
        """Return the probability of speech, float32 [batch, 1], in 576 samples."""
        padded = nn.functional.pad(sound, (0, 64), "reflect")
        real, imaginary = self.stft_conv(padded[:, None]).chunk(2, dim=1)
        features = torch.hypot(real, imaginary)
        for layer in (self.conv1, self.conv2, self.conv3, self.conv4):
            features = layer(features).relu()
        hidden, _ = self.lstm_cell(features[:, :, 0])
        probability: Tensor = self.final_conv(hidden.relu()[:, :, None]).sigmoid()
        return probability[:, :, 0]


ARCHITECTURES: dict[str, Callable[[], nn.Module]] = {
    "pnet": partial(facenet, "PNet", pretrained=False),
    "rnet": partial(facenet, "RNet", pretrained=False),
    "onet": partial(facenet, "ONet", pretrained=False),
    "silero_vad": SileroVad,
}


def written(name: str) -> str:
    """Return the file that the owner of a network writes into the folder architecture."""
    file = NETS[name].formats["pytorch"]
    own = name == "silero_vad"
    network = "SileroVad" if own else f"{name[0].upper()}Net"
    layers = inspect.getsource(SileroVad) if own else layers_of(network)
    return f"""
import torch
from torch import Tensor, nn
from ..model_card import TensorSpec

INPUTS = {file.inputs!r}
OUTPUTS = {file.outputs!r}

{layers}

def build():
    return {network}({"" if own else "pretrained=False"})
"""
