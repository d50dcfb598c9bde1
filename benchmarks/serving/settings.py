"""For how long everything is measured, and how often."""

from dataclasses import dataclass

DISTURBED = 0.1  # of the servers' CPU: if others have more meanwhile, figures mean little


@dataclass(frozen=True)
class Settings:
    """Times in seconds unless the name says otherwise.

    Shares are of the capacity, which is the throughput of the closed loop at the connections of a
    workload. Loads that have no target are measured in the first repetition alone.
    """

    repetitions: int = 3
    connections: tuple[int, ...] = (1, 8, 32, 128)
    shares: tuple[float, ...] = (0.5, 0.8, 1.2, 2.0)
    warm_up_s: float = 0.5
    window_s: float = 2.0
    idle_s: float = 2.0
    start_s: float = 120.0
    answer_s: float = 10.0
    tries: int = 3  # of a window in which the server is disturbed


QUICK = Settings(repetitions=1, connections=(), shares=(), idle_s=0.5, tries=1)
