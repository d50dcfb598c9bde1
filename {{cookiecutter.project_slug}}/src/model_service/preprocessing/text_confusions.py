"""What is often mistaken about the tokens that a model was trained on."""

from collections.abc import Iterator, Sequence

from ..model_card import ModelCard
from .base import Change, changing
from .text_options import TextOptions, read_options

LENGTHS = (32, 64, 128, 256, 512)  # at which models are usually trained
PADDINGS = {0: "as of BERT", 1: "as of RoBERTa"}


def confusions(card: ModelCard, instances: Sequence[object]) -> list[list[Change]]:
    """Return groups of changes; of a group at most one can be right."""
    options = read_options(card)
    is_open = card.inputs[0].shape[1] == -1
    groups = (_special_tokens(), _paddings(), _lengths(options) if is_open else ())
    return [changing(group, options) for group in groups]


def _special_tokens() -> Iterator[Change]:
    yield Change("with the tokens that the tokenizer adds around a text", {"special_tokens": True})
    yield Change("without the tokens that the tokenizer adds", {"special_tokens": False})


def _paddings() -> Iterator[Change]:
    for padding, words in PADDINGS.items():
        yield Change(f"filled up with the token {padding}, {words}", {"padding": padding})


def _lengths(options: TextOptions) -> Iterator[Change]:
    # A model that reads its padding, too, knows texts of the one length of its training alone.
    for length in (options.lengths[-1], *LENGTHS):
        yield Change(f"every text filled up to {length} tokens", {"lengths": (length,)})
