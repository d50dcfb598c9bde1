"""All sound requests."""

from ..hostile.corpus import Case
from .signatures import EVERY, NUMBERS, TEXT, Signature
from .valid_options import classes, codings, forms, options, texts, told
from .valid_tensors import datatypes, shapes


def valid() -> list[tuple[Signature, dict[str, Case]]]:
    """Return the sound requests to each model by name."""
    numbers = options() | forms() | codings() | classes() | told()
    return [(EVERY, datatypes() | shapes()), (NUMBERS, numbers), (TEXT, texts())]
