"""The preprocessing that a signature suggests; the next line but one names the input kind."""

from .base import Guess
from .image import OPTIONS, guess

__all__ = ["OPTIONS", "Guess", "guess"]
