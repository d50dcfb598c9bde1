"""The runtime of this service: the next line but one names it."""

from .base import Array, Arrays, Engine
from .onnxruntime import available_devices, load

__all__ = ["Array", "Arrays", "Engine", "available_devices", "load"]
