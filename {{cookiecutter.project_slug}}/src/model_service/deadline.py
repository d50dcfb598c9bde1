"""A deadline: the point in time after which an answer is of no use."""

import time

import msgspec


class Deadline(msgspec.Struct, frozen=True):
    """A point on the monotonic clock, in seconds, counted from the arrival of the request."""

    at: float

    @classmethod
    def after_ms(cls, milliseconds: float) -> "Deadline":
        """Return the deadline so many milliseconds from now."""
        return cls(time.monotonic() + milliseconds / 1000)

    @property
    def seconds_left(self) -> float:
        """Seconds until the deadline, 0 once it has passed."""
        left = self.at - time.monotonic()
        return left if left > 0 else 0.0
