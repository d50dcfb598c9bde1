"""Which device the model runs on: the next line but one names the policy of this service."""

from .base import DeviceChoice, FixedModel, Placed, Placement
from .fallback import IGNORED_SETTINGS, PlacedModel, choose, max_workers

__all__ = [
    "IGNORED_SETTINGS",
    "DeviceChoice",
    "FixedModel",
    "Placed",
    "PlacedModel",
    "Placement",
    "choose",
    "max_workers",
]
