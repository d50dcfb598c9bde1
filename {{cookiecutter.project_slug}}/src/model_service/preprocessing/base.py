"""What `check --diagnose` tries: settings of `[preprocessing]` that are often mistaken."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ..model_card import Section


class Change(NamedTuple):
    """Keys of the card's `[preprocessing]` with other values, and in words what they mean."""

    words: str
    settings: Mapping[str, Any]


def changing(changes: Iterable[Change], options: Section) -> list[Change]:
    """Return each change once, reduced to what differs from the options; none that changes none."""
    kept: list[Change] = []
    for words, settings in changes:
        differing = {key: new for key, new in settings.items() if getattr(options, key) != new}
        if differing and differing not in [change.settings for change in kept]:
            kept.append(Change(words, differing))
    return kept
