"""What is measured, and for how long."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Offered loads as shares of the capacity; times in seconds unless the name says otherwise."""

    loads: tuple[float, ...] = (1.0, 1.5, 2.0)
    repetitions: int = 3
    connections: int = 64  # of the closed loop: twice as many as the rows of the largest run
    deadline_ms: int = 2000
    warm_up_s: float = 2.0  # at one and a half times the capacity the queue is full after this
    window_s: float = 5.0
    idle_s: float = 30.0
