"""How a request looks for the model of this service, as curl and as Python.

The page shows the request that its reader made; here it is an example that the model has run.
"""

import shlex
from collections.abc import Iterator
from typing import Any, TypedDict

import msgspec

from .arrays import Array
from .deadline import Deadline
from .errors import ServiceError
from .keys import read_keys
from .openinference.datatypes import datatype_of
from .preprocessing import Preprocessor, instance_schema
from .routes.auth import HEADER
from .routes.documented import JSON
from .settings import EVERYWHERE, Settings
from .startup import Running
from .timings import Timings
from .warming import blank_rows

LONGEST = 2000  # characters of JSON; the numbers of what is longer become zeros
REPEATED = 4  # equal items or more become a product
PHOTO = "photo.jpg"  # the reader's, where the model has no example
KEY = "API_KEY"  # the variable of the reader's shell


class SampleRequest(TypedDict):
    """One request in two languages."""

    curl: str
    python: str


class Sampler:
    """Writes requests for a running model, with the address and the keys of the settings."""

    def __init__(self, running: Running, settings: Settings) -> None:
        self._running = running
        self._card = running.model.card
        self._settings = settings
        host = "127.0.0.1" if settings.host in (EVERYWHERE, "::") else settings.host
        self._url = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
        self._has_keys = bool(read_keys(settings))

    def native(self) -> SampleRequest | None:
        """Return a request for `/predict`; None if no instance expresses what the model takes."""
        if not self._card.native:
            return None
        schema = instance_schema(self._card)
        names = list(schema.get("anyOf", [schema])[0].get("properties", ()))
        if "b64" in names:
            return self._upload()
        instances = self._running.examples[:1] or map(_instance, self._rows())
        for instance in instances:
            if isinstance(instance, list) and len(instance) == len(names):
                instance = dict(zip(names, instance, strict=True))
            try:
                self._running.pipeline.predict([instance], self._deadline())
            except ServiceError:
                continue
            return self._json("predict", {"instances": [_shortened(instance)]})
        return None

    def v2(self) -> SampleRequest | None:
        """Return a request of the Open Inference Protocol; None if the model runs no example."""
        for row in self._rows():
            batch = {name: array[None] for name, array in row.items()}
            try:
                self._running.pipeline.run(batch, self._deadline(), Timings())
            except ServiceError:
                continue
            inputs = [
                {
                    "name": name,
                    "datatype": datatype_of(str(array.dtype)),
                    "shape": list(array.shape),
                    "data": _shortened(array.ravel().tolist()),
                }
                for name, array in batch.items()
            ]
            return self._json(f"v2/models/{self._card.name}/infer", {"inputs": inputs})
        return None

    def _rows(self) -> Iterator[dict[str, Array]]:
        """Yield the row of an example; without one, rows of zeros, larger and larger."""
        if self._running.examples:
            yield Preprocessor(self._card, self._settings)(self._running.examples[0])
        else:
            yield from blank_rows(self._card.inputs)

    def _deadline(self) -> Deadline:
        return Deadline.after_ms(self._settings.deadline_ms)

    def _upload(self) -> SampleRequest:
        """Return a request with a file: an example of the model if it has one."""
        examples = sorted((self._running.model.path / "examples").glob("*.*"))
        file = str(examples[0]) if examples else PHOTO
        curl = self._curl("predict", f"-F {shlex.quote(f'file=@{file}')}")
        opened = f"files = {{'file': open({file!r}, 'rb')}}"
        return SampleRequest(curl=curl, python=self._python("predict", opened, "files=files"))

    def _json(self, path: str, body: dict[str, Any]) -> SampleRequest:
        """Return a request with a body of JSON; what is much shorter as Python is piped."""
        text, source = msgspec.json.encode(body).decode(), _source(body)
        printed = f"python3 -c {shlex.quote(f'import json; print(json.dumps({source}))')} |\n"
        is_piped = len(text) > 2 * len(source)
        data = "@-" if is_piped else shlex.quote(text)
        curl = self._curl(path, f"-H {shlex.quote(f'Content-Type: {JSON}')}", f"-d {data}")
        python = self._python(path, f"body = {source}", "json=body")
        return SampleRequest(curl=(printed if is_piped else "") + curl, python=python)

    def _curl(self, path: str, *options: str) -> str:
        key = [f'-H "{HEADER}: ${KEY}"'] if self._has_keys else []
        return " \\\n  ".join(["curl", *key, *options, f"{self._url}/{path}"])

    def _python(self, path: str, prepared: str, argument: str) -> str:
        key = [f'headers={{"{HEADER}": os.environ["{KEY}"]}}'] if self._has_keys else []
        arguments = [f'"{self._url}/{path}"', argument, *key, "timeout=60"]
        call = "".join(f"    {one},\n" for one in arguments)
        imports = "import os\n\nimport requests" if key else "import requests"
        return f"{imports}\n\n{prepared}\nanswer = requests.post(\n{call})\nprint(answer.json())"


def _instance(row: dict[str, Array]) -> Any:
    """Return a row as a client sends it: one input as lists, several as an object."""
    lists = {name: array.tolist() for name, array in row.items()}
    return lists if len(lists) > 1 else lists.popitem()[1]


def _shortened(value: Any) -> Any:
    """Return a value with zeros in the place of its numbers, if it is long."""
    return _zeroed(value) if len(msgspec.json.encode(value)) > LONGEST else value


def _zeroed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _zeroed(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_zeroed(one) for one in value]
    return 0 if type(value) in (int, float) else value


def _source(value: Any) -> str:
    """Return a value as Python, texts as in JSON; equal items of a list are written once."""
    if isinstance(value, dict):
        entries = (f"{_source(key)}: {_source(one)}" for key, one in value.items())
        return f"{{{', '.join(entries)}}}"
    if isinstance(value, str):
        return msgspec.json.encode(value).decode()
    if not isinstance(value, list):
        return repr(value)
    if len(value) >= REPEATED and all(one == value[0] for one in value):
        return f"[{_source(value[0])}] * {len(value)}"
    return f"[{', '.join(map(_source, value))}]"
