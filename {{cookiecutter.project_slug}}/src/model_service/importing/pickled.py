"""What a pickle would import if it were loaded, told from its instructions; nothing is run."""

import pickletools
from collections.abc import Iterator
from pathlib import Path
from typing import IO

# torch.save before PyTorch 1.6 begins with a magic number, pickled.
LEGACY_TORCH = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."
BEFORE_OBJECT = 3  # the magic number, the protocol, and what the machine was
OF_TENSORS = {
    *("_codecs", "collections", "torch", "torch._tensor", "torch._utils", "torch.nn.parameter"),
    *("torch.serialization", "torch.storage", "torch.torch_version"),
}
UNKNOWN = "?"


def is_state_dict(pickled: IO[bytes]) -> bool:
    """Return whether a pickle makes nothing but tensors, numbers, texts and their containers."""
    try:
        return all(module in OF_TENSORS for module in modules(pickled))
    except ValueError:
        return False  # it is damaged: it says no more


def is_legacy_state_dict(path: Path) -> bool:
    """Return the same of a file that torch.save wrote before PyTorch 1.6."""
    with path.open("rb") as file:
        try:
            for _ in range(BEFORE_OBJECT):
                for _instruction in pickletools.genops(file):
                    pass
        except ValueError:
            return False
        return is_state_dict(file)


def modules(pickled: IO[bytes]) -> Iterator[str]:
    """Yield the module of each class and function that a pickle names; raises ValueError."""
    texts: list[str] = []
    for instruction, argument, _ in pickletools.genops(pickled):
        if instruction.name in ("GLOBAL", "INST"):
            yield str(argument).partition(" ")[0]
        elif instruction.name == "STACK_GLOBAL":
            yield texts[-2] if len(texts) > 1 else UNKNOWN
        elif instruction.name.startswith("EXT"):
            yield UNKNOWN
        elif "UNICODE" in instruction.name:
            texts.append(str(argument))
