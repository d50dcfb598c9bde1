"""Golden examples that differ: which usual mistake in `[preprocessing]` explains it.

Single changes of the card are tried first, then pairs of what may be mistaken independently.
"""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from .checks import differences
from .errors import GoldenMismatch, InvalidModelCard
from .model_card import CARD, ModelCard
from .pipeline import Pipeline
from .postprocessing import Postprocessor
from .preprocessing import Preprocessor, confusions
from .settings import Settings
from .startup import Running

SHOWN = 5  # of the changes that make the examples match


class Variant(NamedTuple):
    """A card with other preprocessing, in words and as the keys that differ."""

    words: str
    settings: dict[str, Any]
    card: ModelCard


def singles(card: ModelCard, instances: Sequence[object]) -> Iterator[Variant]:
    """Yield the card with each change that its kind of input knows."""
    for group in confusions(card, instances):
        for words, settings in group:
            yield Variant(words, dict(settings), _changed(card, settings))


def pairs(card: ModelCard, instances: Sequence[object]) -> Iterator[Variant]:
    """Yield the card with two changes of different groups, each combination of settings once."""
    seen: list[dict[str, Any]] = []
    for number, group in enumerate(confusions(card, instances), start=1):
        for first in group:
            changed = _changed(card, first.settings)
            for further in confusions(changed, instances)[number:]:
                for second in further:
                    settings = {**first.settings, **second.settings}
                    if settings not in seen:
                        seen.append(settings)
                        words = f"{first.words}; {second.words}"
                        yield Variant(words, settings, _changed(card, settings))


def diagnose(running: Running, settings: Settings, say: Callable[[str], None]) -> None:
    """Try the usual mistakes on the golden examples, and `say` which one explains them.

    `running` is the original model: what quantization costs is not looked for here.
    """
    card, examples = running.model.card, running.model.golden()
    tolerance, count = card.golden.tolerance, len(examples.instances)

    def worst(changed: ModelCard, enough: float) -> float:
        """Return the largest difference, or one beyond `enough` if there is such."""
        sizes = [0.0]
        try:
            preprocess = Preprocessor(changed, settings)
            line = Pipeline(preprocess, running.batcher, Postprocessor(running.model))
            for difference in differences(line, examples):
                sizes.append(math.inf if math.isnan(difference.size) else difference.size)
                if sizes[-1] > enough:
                    break
        except (InvalidModelCard, GoldenMismatch):  # such a card cannot be followed
            return math.inf
        return max(sizes)

    now = closest = worst(card, math.inf)
    if now <= tolerance:
        say("The original model gives its golden examples: it is the quantized one that differs.")
        return
    nearest, tried = "", 0
    for what, variants in (("changes", singles), ("pairs of them", pairs)):
        say(f"Trying {what} of [preprocessing] ...")
        found = []
        for variant in variants(card, examples.instances):
            tried += 1
            size = worst(variant.card, max(closest, tolerance))
            if size <= tolerance:
                found.append(variant)
            elif size < closest:
                closest, nearest = size, variant.words
        if found:
            _tell(found, card, count, say)
            return
    say(f"None of {tried} usual mistakes explains the golden examples.")
    if nearest:
        say(f"The nearest differs by {closest:.3g} at most, where it is {now:.3g} now: {nearest}.")


def _changed(card: ModelCard, settings: Any) -> ModelCard:
    return msgspec.structs.replace(card, preprocessing={**card.preprocessing, **settings})


def _tell(found: list[Variant], card: ModelCard, count: int, say: Callable[[str], None]) -> None:
    """Say what explains the examples, and the lines of the card to change."""
    if len(found) == 1:
        say(f"This makes all {count} golden examples match:")
    else:
        say(f"Each of these {len(found)} makes all {count} golden examples match; more examples")
        say("may tell which one is right:")
    for variant in found[:SHOWN]:
        say(f"\n{variant.words}. In [preprocessing] of {CARD}:")
        for key, new in variant.settings.items():
            old = card.preprocessing.get(key)
            say(f"  {key} = {_toml(new)}" + ("" if old is None else f"  # now {_toml(old)}"))


def _toml(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)  # such JSON is TOML, too
