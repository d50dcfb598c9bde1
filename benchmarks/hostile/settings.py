"""How the servers are set up, and for how long each is asked."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """The batching of every server, the rounds of the neighbour test, and limits in seconds."""

    max_batch_size: int = 32
    batch_wait_ms: int = 20  # enough for the requests of a round to meet
    rounds: int = 50
    neighbours: int = 15
    burst: int = 2000
    burst_s: float = 10
    products: int = 16  # of large matrices in a run of the slow model: about half a second
    answer_s: float = 10  # a good answer takes some milliseconds
    recovery_s: float = 30  # for a server to come round by itself, before it is started anew
    start_s: float = 120
