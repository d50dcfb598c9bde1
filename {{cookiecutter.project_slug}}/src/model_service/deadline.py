"""A deadline: the point in time after which an answer is of no use."""

import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Deadline:
    """A point on the monotonic clock, in seconds, counted from the arrival of the request."""

    at: float

    @classmethod
    def after_ms(cls, milliseconds: float) -> "Deadline":
        """Return the deadline so many milliseconds from now."""
        return cls(time.monotonic() + milliseconds / 1000)

    @property
    def seconds_left(self) -> float:
        """Seconds until the deadline, 0 once it has passed."""
        return max(0.0, self.at - time.monotonic())
