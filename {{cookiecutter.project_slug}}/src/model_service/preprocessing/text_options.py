"""The `[preprocessing]` section of the card of a model that takes text."""

from typing import Annotated, Literal

from msgspec import Meta

from ..errors import InvalidModelCard
from ..model_card import ModelCard, Section, Text, convert


class TextOptions(Section, frozen=True, kw_only=True):
    """The `[preprocessing]` section of a text model's card; lengths are in tokens."""

    tokenizer: Text = "tokenizer.json"
    ids: Text = "input_ids"
    mask: Text = "attention_mask"
    types: Text = "token_type_ids"
    padding: Annotated[int, Meta(ge=0, lt=2**31)] = 0
    special_tokens: bool = True
    lengths: Annotated[tuple[Annotated[int, Meta(ge=1)], ...], Meta(min_length=1)]
    too_long: Literal["cut", "refuse"] = "cut"
    max_characters: Annotated[int, Meta(ge=1)] = 100_000


def read_options(card: ModelCard) -> TextOptions:
    """Return the section; raises InvalidModelCard unless the model's inputs are those it names."""
    options = convert(card.preprocessing, TextOptions, "preprocessing")
    known, given = (options.ids, options.mask, options.types), {spec.name for spec in card.inputs}
    if len(set(known)) < len(known):
        raise InvalidModelCard("[preprocessing] ids, mask and types must differ.")
    if options.ids not in given or not given <= set(known):
        raise InvalidModelCard(
            f"[preprocessing] ids, mask and types are {', '.join(known)}, and the model's inputs"
            f" {', '.join(sorted(given))}: name them."
        )
    if list(options.lengths) != sorted(set(options.lengths)):
        raise InvalidModelCard("[preprocessing] lengths must increase.")
    for spec in card.inputs:
        if len(spec.shape) != 2 or spec.dtype not in ("int32", "int64"):
            raise InvalidModelCard(
                f"{spec} takes no tokens: they are int32 or int64, in two dimensions."
            )
        if spec.shape[1] != -1 and options.lengths != spec.shape[1:]:
            raise InvalidModelCard(
                f"{spec} has a fixed length: [preprocessing] lengths must be [{spec.shape[1]}]."
            )
    return options
