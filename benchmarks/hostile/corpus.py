"""The broken requests: those of a render's own tests, and rows in which one value is wrong."""

import base64
import json
import subprocess
import sys
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

JSON = "application/json"
OWN_PATHS = {"/predict/"}  # some servers take it for `/predict`, or redirect there
OWN_PROTOCOLS = ("/v1/", "/ping", "/invocations")  # others need not have these paths
AUTOMATIC = zlib.MAX_WBITS + 32  # for zlib: gzip or deflate, as the body says
OWN_HEADERS = {"X-Request-Timeout-Ms"}  # only the service reads it

# What gives `cases` stands before it.
DUMP = """
import base64, json
print(json.dumps({
    name: {**case._asdict(), "body": base64.b64encode(case.body).decode()}
    for name, case in cases.items()
}))
"""


@dataclass(frozen=True)
class Case:
    """One request to a server."""

    body: bytes
    content_type: str | None = JSON
    method: str = "POST"
    path: str = "/predict"
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_ours_alone(self) -> bool:
        """Whether the request is broken for the rendered service only."""
        return (
            self.path in OWN_PATHS
            or self.path.startswith(OWN_PROTOCOLS)
            or not OWN_HEADERS.isdisjoint(self.headers)
            or ("Content-Encoding" in self.headers and _is_json_once_decoded(self.body))
        )


def _is_json_once_decoded(body: bytes) -> bool:
    try:
        json.loads(zlib.decompress(body, AUTOMATIC))
    except (zlib.error, ValueError):
        return False
    return True


def group(name: str) -> str:
    """Return the group of a case: what stands before the colon of its name."""
    start, colon, _ = name.partition(": ")
    return start if colon else "HTTP"


def of_render(project: Path) -> dict[str, Case]:
    """Return the hostile requests of a render's own tests by name."""
    return dumped(project, "from tests.e2e.hostile import HOSTILE as cases")


def dumped(project: Path, program: str, *arguments: str) -> dict[str, Case]:
    """Return the `cases` that a program makes of a render's own tests, by name.

    It runs in a process of its own, since a render's `tests` are not those of the template.
    """
    ran = subprocess.run(
        [sys.executable, "-c", program + DUMP, *arguments],
        cwd=project,
        env={"PYTHONPATH": "src", "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    return {
        name: Case(
            base64.b64decode(case["body"]),
            case["content_type"],
            case["method"],
            case["path"],
            case["headers"],
        )
        for name, case in json.loads(ran.stdout).items()
    }


def of_rows(width: int) -> dict[str, Case]:
    """Return requests whose rows are almost right, for a model that takes `width` numbers."""

    def row(first: str, count: int = width) -> str:
        return f"[{', '.join([first, *['1.0'] * (count - 1)])}]"

    sound = row("1.0")
    instances = {
        "NaN": row("NaN"),
        "infinity": row("Infinity"),
        "negative infinity": row("-Infinity"),
        "too large for float32": row("1e39"),
        "too large for a float": row("1e999"),
        "an integer of 400 digits": row("9" * 400),
        "null": row("null"),
        "word": row('"word"'),
        "empty word": row('""'),
        "list": row("[1.0]"),
        "object": row("{}"),
        "one too few": row("1.0", width - 1),
        "one too many": row("1.0", width + 1),
        "one number": row("1.0", 1),
        "ten thousand numbers": row("1.0", 10_000),
        "one dimension too many": f"[{sound}]",
        "a sound row and a short one": f"{sound}, {row('1.0', width - 1)}",
        "a sound row and a number": f"{sound}, 1.0",
        "a sound row and null": f"{sound}, null",
        "a sound row and one with NaN": f"{sound}, {row('NaN')}",
    }
    return {
        f"value: {name}": Case(f'{{"instances": [{text}]}}'.encode())
        for name, text in instances.items()
    }
