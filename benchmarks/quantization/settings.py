"""What is measured, and for how long."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Settings:
    """The models by their widths, here of 7.5 and 44.8 MB, and the time for each batch size."""

    widths: Mapping[str, int] = field(default_factory=lambda: {"mlp": 1024, "cnn": 64})
    batch_sizes: tuple[int, ...] = (1, 8, 32)
    seconds: float = 3
    agreement_rows: int = 256
