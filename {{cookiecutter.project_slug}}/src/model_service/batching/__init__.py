"""How rows share a run of the model: the next line but one names the way of this service."""

from .base import Admission
from .dynamic import IGNORED_SETTINGS, Batcher, max_workers

__all__ = ["IGNORED_SETTINGS", "Admission", "Batcher", "max_workers"]
