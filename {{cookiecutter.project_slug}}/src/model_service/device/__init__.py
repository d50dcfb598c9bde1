"""Which device the model runs on: the next line but one names the policy of this service."""

from .base import DeviceChoice
from .fallback import IGNORED_SETTINGS, choose, max_workers

__all__ = ["IGNORED_SETTINGS", "DeviceChoice", "choose", "max_workers"]
