"""What a device policy decides."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DeviceChoice:
    """The device that was asked for, the one to use, and in one sentence why."""

    asked: str
    device: str
    reason: str
