"""What model files of this framework say of themselves; the next line but one names it."""

from .base import Signature
from .onnxruntime import read

__all__ = ["Signature", "read"]
