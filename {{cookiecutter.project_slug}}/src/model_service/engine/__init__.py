"""The runtime of this service: the next line but one names it."""

from .base import Engine
from .onnxruntime import available_devices, load

__all__ = ["Engine", "available_devices", "load"]
