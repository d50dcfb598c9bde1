"""A value of the model card is changed where it stands: what people wrote around it stays."""

import json
import re
import tomllib

from .errors import InvalidModelCard
from .model_card import CARD


def set_value(text: str, table: str, key: str, value: str) -> str:
    """Return the card with `key` of a table set; the table and the key are added if need be.

    Raises InvalidModelCard if the card says it in a way that cannot be changed line by line.
    """
    wanted = tomllib.loads(text)
    if not isinstance(section := wanted.setdefault(table, {}), dict):
        raise InvalidModelCard(f"{table} of {CARD} must be a table.")
    section[key] = value
    line = f"{key} = {json.dumps(value, ensure_ascii=False)}"  # such JSON is TOML, too
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    headers = [n for n, one in enumerate(lines) if re.match(rf"\s*\[\s*{table}\s*\]", one)]
    if headers:
        first = headers[0] + 1
        ends = (n for n, one in enumerate(lines) if n >= first and one.lstrip().startswith("["))
        of_key = re.compile(rf"""\s*{key}\s*=\s*("(?:[^"\\]|\\.)*"|'[^']*')""")
        for number in range(first, next(ends, len(lines))):
            if found := of_key.match(lines[number]):
                lines[number] = line + lines[number][found.end() :]
                break
        else:
            lines[headers[0]] = lines[headers[0]].rstrip("\r\n") + newline
            lines.insert(first, line + newline)
    else:
        end = "" if not text or text.endswith("\n") else newline
        lines.append(f"{end}{newline}[{table}]{newline}{line}{newline}")
    changed = "".join(lines)
    if not _says(changed, wanted):
        raise InvalidModelCard(f"{CARD} cannot be changed here: write `{line}` into [{table}].")
    return changed


def _says(text: str, wanted: dict[str, object]) -> bool:
    try:
        return tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        return False
