"""The names of WSGI in annotations."""

from collections.abc import Callable
from typing import Any, TypeAlias

Environ: TypeAlias = dict[str, Any]
Start: TypeAlias = Callable[..., Any]  # takes status and headers
