"""Keeps an imported model out of updates: cruft leaves alone what pyproject.toml says."""

import re
import tomllib
from pathlib import Path

from ..settings import Settings

PROJECT = "pyproject.toml"
FOLDER = Settings().model_dir  # where the template has its starter
LIST = re.compile(r"^skip = \[", re.MULTILINE)  # in [tool.cruft]


def leave_alone(model_dir: Path) -> bool:
    """Add the folder of the model to `skip` of `[tool.cruft]`; return whether that changed a file.

    Nothing is done for a folder that the template does not have, or if the project beside it is
    not there or has no such list in a line of its own.
    """
    project = model_dir.resolve().with_name(PROJECT)
    try:
        text = project.read_bytes().decode()  # with the ends of lines as they are
        wanted = tomllib.loads(text)
        skipped = wanted["tool"]["cruft"]["skip"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    if model_dir.name != FOLDER or not isinstance(skipped, list) or FOLDER in skipped:
        return False
    skipped.insert(0, FOLDER)
    changed = LIST.sub(f'skip = ["{FOLDER}"' + ", " * (len(skipped) > 1), text, count=1)
    if tomllib.loads(changed) != wanted:
        return False
    project.write_bytes(changed.encode())
    return True
