"""How long a caller waits: as long as it says, and never longer than the service allows."""

import math

from ..deadline import Deadline
from ..errors import InvalidRequest

HEADER = "X-Request-Timeout-Ms"
DEADLINE = "service.deadline"  # in the environ of a prediction
DOCUMENTED = {HEADER: {"type": "number", "minimum": 1, "description": "How long you wait."}}
SHOWN = 32  # characters of a header in a sentence


def deadline_of(given: str | None, longest_ms: float) -> Deadline:
    """Return the deadline of a request that has just arrived with the given header, or none.

    It is `longest_ms` away, or nearer if the caller asks for that. Raises InvalidRequest if the
    header is not a number of milliseconds.
    """
    if given is None:
        return Deadline.after_ms(longest_ms)
    try:
        milliseconds = float(given)
    except ValueError:
        milliseconds = math.nan
    if not 0 < milliseconds < math.inf:
        raise InvalidRequest(
            f"{HEADER} is {given[:SHOWN]!r}: give the milliseconds that you wait, more than 0."
        )
    return Deadline.after_ms(min(milliseconds, longest_ms))
