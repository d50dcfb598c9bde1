"""What became of a case."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """One case of a source (a client, or hostile requests); `failure` is None if it passed."""

    source: str
    name: str
    failure: str | None
