"""The text starter: in which of twelve languages a sentence is, by the mean of its tokens.

The sentences are the messages of two Django packages, in English and as their translators wrote
them; their catalogues ship in the packages.
"""

import contextlib
import io
import json
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import torch
from babel.messages.pofile import read_po
from model_service.architecture.text import INPUTS, TOKENS, Classifier, build
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from torch import Tensor

from . import training
from .starter import Array, Inputs, Samples, Starter

IDS, MASK = (spec.name for spec in INPUTS)
TOKENIZER, PADDING = "tokenizer.json", "[PAD]"
PACKAGES = ("django", "wagtail")
LOCALES = {  # English is what the others are translated from
    "Dutch": ("nl",),
    "English": (),
    "Finnish": ("fi",),
    "French": ("fr",),
    "German": ("de",),
    "Italian": ("it",),
    "Polish": ("pl",),
    "Portuguese": ("pt", "pt_BR", "pt_PT"),
    "Russian": ("ru",),
    "Spanish": ("es",),
    "Swedish": ("sv",),
    "Turkish": ("tr",),
}
MARKUP = re.compile(r"[%{}<>&\\]|://")
LEAST_WORDS, LONGEST = 3, 64  # of a sentence, in words and in tokens
HELD_OUT = 1500
KEPT = 0.7  # share of the tokens that the network sees of a sentence while it learns

PREPROCESSING = f"""\
tokenizer = "{TOKENIZER}"  # of the `tokenizers` library, in this folder
# The names of the model's inputs; `mask` and `types` count only if the model has such an input.
ids = "{IDS}"
mask = "{MASK}"       # 1 for tokens, 0 for padding
types = "token_type_ids"      # 0 for each token of a first text; there is no second one
padding = 0                   # the id that fills a row up
special_tokens = true         # whether the tokenizer adds those that it knows, as [CLS] and [SEP]
# A row is as long as the first of these that holds its tokens; rows of one length share a run.
lengths = [16, 32, 64, 128]
too_long = "cut"              # cut | refuse: what becomes of more tokens than the last length
max_characters = 100000       # of a text; a longer one is refused before it is tokenised"""


def make() -> Starter:
    """Collect the sentences, train tokenizer and network, and return the starter."""
    sentences = [(text, label) for label, name in enumerate(LOCALES) for text in _sentences(name)]
    tokenizer = _train_tokenizer([text for text, _ in sentences])
    rows = [(tokenizer.encode(text).ids, label) for text, label in sentences]
    train, held_out = _to_samples([row for row in rows if len(row[0]) <= LONGEST]).split(HELD_OUT)

    def to_text(ids: Array) -> str:
        text: str = tokenizer.decode(ids.tolist())  # without the padding
        return text

    return Starter(
        name="languages",
        description=f"Tells in which of {len(LOCALES)} languages a sentence is.",
        license="Weights and tokenizer: MIT. Data and examples (messages of Django and Wagtail):"
        " BSD 3-Clause.",
        source="Messages of Django and Wagtail with their translations, from the catalogues that"
        " the packages bring; each of three words or more, without markup.",
        labels=tuple(LOCALES),
        preprocessing=PREPROCESSING,
        min_accuracy=0.96,
        train=train,
        held_out=held_out,
        build=build,
        network=_train(train),
        # A string and an object are both proved by the golden examples.
        to_instances=lambda rows: [
            text if index else {"text": text} for index, text in enumerate(map(to_text, rows[IDS]))
        ],
        to_file=lambda row: f"{to_text(row[IDS])}\n".encode(),
        file_suffix=".txt",
        example_labels=("German", "Turkish"),
        shapes={IDS: (-1,), MASK: (-1,)},
        files={TOKENIZER: json.dumps(json.loads(tokenizer.to_str()), indent=1).encode() + b"\n"},
    )


def _sentences(language: str) -> list[str]:
    """Return the different sentences of a language, in an order of their own."""
    locales = LOCALES[language] or LOCALES["German"]
    found = {
        " ".join(text.split())
        for locale in locales
        for original, translation in _messages(locale)
        for text in (set(translation) - set(original) if LOCALES[language] else original)
    }
    return sorted(
        text for text in found if len(text.split()) >= LEAST_WORDS and not MARKUP.search(text)
    )


def _messages(locale: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield each message and its translation, both with their plurals."""
    for package in PACKAGES:
        root = Path(str(resources.files(package)))
        for path in sorted(root.rglob(f"locale/{locale}/LC_MESSAGES/django*.po")):
            # Babel prints what plurals a catalogue has too many of.
            with path.open("rb") as file, contextlib.redirect_stdout(io.StringIO()):
                catalogue = read_po(file)
            for message in catalogue:
                if message.id and message.string and not message.fuzzy:
                    yield _all(message.id), _all(message.string)


def _all(texts: Any) -> tuple[str, ...]:
    return (texts,) if isinstance(texts, str) else tuple(text for text in texts if text)


def _train_tokenizer(sentences: list[str]) -> Tokenizer:
    """Train a tokenizer of bytes: it knows every text, and gives it back as it was."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=TOKENS,
        special_tokens=[PADDING],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(sentences, trainer)
    return tokenizer


def _to_samples(rows: list[tuple[list[int], int]]) -> Samples:
    ids = np.zeros((len(rows), LONGEST), np.int64)
    for row, (tokens, _) in zip(ids, rows, strict=True):
        row[: len(tokens)] = tokens
    inputs: Inputs = {IDS: ids, MASK: (ids != 0).astype(np.int64)}
    return Samples(inputs, np.array([label for _, label in rows]))


def _train(samples: Samples) -> Classifier:
    training.seed()
    network = build()
    training.fit(
        network,
        lambda ids, mask: network.layers[:-1](network.tokens(ids, mask)),
        samples,
        _augment,
        epochs=20,
        batch_size=64,
        learning_rate=1e-2,
        weight_decay=0.1,
    )
    return network


def _augment(ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Leave tokens out by chance, but the first: so short texts are learnt, too."""
    kept = (torch.rand(mask.shape) < KEPT).to(mask.dtype)
    kept[:, 0] = 1
    return ids, mask * kept
