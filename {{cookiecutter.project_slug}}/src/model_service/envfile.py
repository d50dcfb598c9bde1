"""The file of variables, `.env`: what the commands add to the environment, and what tuning writes.

Only the variables of this service are read, and only in a form that a shell and Docker Compose read
alike; any other is refused. Lines of other names are for others: Compose has some there.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from .errors import InvalidSettings
from .settings import ENV_FILE, PREFIX, variable

OURS = rf"\s*(?:export\s+)?(?={PREFIX})"
NAME = r"([A-Z0-9_]+)"
VALUE = r"""('[^']*'|"[^"$`\\]*"|[^\s'"$`\\#;&|<>()][^\s'"$`\\;&|<>()]*|)"""
ASSIGNMENT = re.compile(rf"{OURS}{NAME}={VALUE}(?:\s+#.*|\s*)")


def file_named(environ: Mapping[str, str]) -> Path | None:
    """Return the path that the environment names, or the default; None if it names none."""
    name = environ.get(variable("env_file"), ENV_FILE)
    return Path(name) if name else None


def load() -> None:
    """Add what the file sets to the environment, which wins; raises InvalidSettings."""
    path = file_named(os.environ)
    if path and path.exists():
        for name, value in read(path).items():
            os.environ.setdefault(name, value)


def read(path: Path) -> dict[str, str]:
    """Return what a file sets of this service; raises InvalidSettings, naming the line at fault."""
    variables = {}
    for number, line in enumerate(_text(path).splitlines(), start=1):
        if not re.match(OURS, line):
            continue
        match = ASSIGNMENT.fullmatch(line)
        if not match:
            raise InvalidSettings(
                f"Line {number} of {path} cannot be read: write NAME=value, with single quotes"
                " around a value that holds spaces or signs of the shell."
            )
        name, value = match.groups()
        variables[name] = value[1:-1] if value[:1] in {"'", '"'} else value
    return variables


def write(path: Path, values: Mapping[str, str]) -> None:
    """Give variables their values in the file and leave its other lines; the file may be new."""
    lines, missing = [], dict(values)
    for line in _text(path).splitlines() if path.exists() else []:
        match = ASSIGNMENT.fullmatch(line)
        name = match[1] if match else ""
        if name not in values:
            lines.append(line)
        elif name in missing:  # the last of several would count: one is enough
            lines.append(f"{name}={missing.pop(name)}")
    lines += [f"{name}={value}" for name, value in missing.items()]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise InvalidSettings(f"{path} cannot be read: it must be a text file in UTF-8.") from None
