"""The network whose weights are served: the next line but one names the file with its layers."""

from .image import INPUTS, OUTPUTS, build

__all__ = ["INPUTS", "OUTPUTS", "build"]
