"""Every setting of the service in one table, read from `SERVICE_*` environment variables.

A setting is a field of `Settings`: its name, type, default, bounds and one line of help. The
README's table is checked against it. 0 means "choose for me" where the help says so. What a
platform says in a variable of its own counts where ours is not set.
"""

import difflib
import os
from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from .errors import InvalidSettings

PREFIX = "SERVICE_"
ENV_FILE = ".env"
SECRETS = frozenset({"api_keys"})  # never shown
PLATFORM = {  # Vertex AI's, SageMaker's, Knative's and Cloud Run's; the first that is set counts
    "port": ("AIP_HTTP_PORT", "SAGEMAKER_BIND_TO_PORT", "PORT"),
    "predict_route": ("AIP_PREDICT_ROUTE",),
    "health_route": ("AIP_HEALTH_ROUTE",),
}
EVERYWHERE = "0.0.0.0"  # a platform that says the port asks from outside of the container

Count = Annotated[int, Meta(ge=1, le=2**31)]
CountOrChoose = Annotated[int, Meta(ge=0, le=4096)]
Text = Annotated[str, Meta(min_length=1)]
Route = Annotated[str, Meta(pattern=r"^((/(?!\.\.?(/|\Z))[A-Za-z0-9._~:@-]+)+)?\Z")]


def help_(text: str) -> Meta:
    """Return the one line of help of a setting."""
    return Meta(description=text)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one process; times are in milliseconds or seconds as the name says."""

    host: Annotated[Text, help_("address to listen on")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535), help_("port to listen on")] = 8000
    workers: Annotated[CountOrChoose, help_("processes, each with the model; 0: choose")] = 0
    threads: Annotated[CountOrChoose, help_("request threads a process; 0: queue rows + 32")] = 0
    intra_op_threads: Annotated[
        CountOrChoose, help_("threads of one model run; 0: CPUs / workers")
    ] = 0
    model_dir: Annotated[Text, help_("folder of `model.toml`")] = "model"
    device: Annotated[
        str,
        Meta(pattern=r"^(cpu|cuda(:[0-9]{1,2})?)\Z"),
        help_("GPU to use: `cuda`, `cuda:1`; `cpu`"),
    ] = "cuda"
    gpu_pause_s: Annotated[
        float,
        Meta(ge=0, le=86_400),
        help_("how long the CPU serves after the GPU ran out of memory"),
    ] = 60.0
    max_batch_size: Annotated[Count, help_("most rows in one model run")] = 32
    batch_wait_ms: Annotated[
        float, Meta(ge=0, le=60_000), help_("longest wait for more rows to join a run; 0: choose")
    ] = 0.0
    queue_rows: Annotated[
        Count, help_("most rows, and requests, admitted and not yet answered")
    ] = 128
    queue_bytes: Annotated[
        Count, help_("most bytes of the rows admitted, as the model takes them")
    ] = 256 * 2**20
    deadline_ms: Annotated[
        float, Meta(ge=1, le=86_400_000), help_("longest time from arrival to answer")
    ] = 30_000.0
    predict_route: Annotated[Route, help_("path that predicts, beside `/predict`")] = ""
    health_route: Annotated[Route, help_("path that tells readiness, beside `/readyz`")] = ""
    api_keys: Annotated[str, help_("keys, with commas between; a caller must send one")] = ""
    api_keys_file: Annotated[str, help_("file of keys, a line each; they count, too")] = ""
    max_body_bytes: Annotated[Count, help_("longest request body, in bytes")] = 16 * 2**20
    max_image_pixels: Annotated[
        Count, help_("most pixels of an image, checked before decoding")
    ] = 25_000_000
    hang_s: Annotated[
        Count, help_("longest run of the model; then it hangs, and the worker is replaced")
    ] = 60
    drain_s: Annotated[
        float, Meta(ge=0, le=3600), help_("time after SIGTERM in which requests are still taken")
    ] = 5.0
    grace_s: Annotated[Count, help_("time after SIGTERM until the service has ended")] = 30
    env_file: Annotated[str, help_("file of further variables, which these win over")] = ENV_FILE
    page: Annotated[bool, help_("the pages at `/` and `/docs`; `false` takes both away")] = True
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], help_("least level logged")
    ] = "info"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings from the environment.

        Raises InvalidSettings, naming the variable, what it holds and what it may hold.
        """
        environ = os.environ if environ is None else environ
        names = _sources(environ)
        given = {field: environ[name] for field, name in names.items()}
        if names.get("port", "") in PLATFORM["port"]:
            given.setdefault("host", EVERYWHERE)
        try:
            return msgspec.convert(given, cls, strict=False)
        except msgspec.ValidationError as error:
            expected, _, field = str(error).partition(" - at `$.")
            field = field.rstrip("`")
            value = given.get(field)
            raise InvalidSettings(f"{names[field]}={value!r} cannot be used: {expected}.") from None


def variable(field: str) -> str:
    """Return the environment variable of a setting."""
    return PREFIX + field.upper()


def warnings(environ: Mapping[str, str], ignored: frozenset[str]) -> list[str]:
    """Return a sentence for each `SERVICE_*` variable that has no effect.

    `ignored` are the settings that the options chosen for this service do not read.
    """
    known = [variable(field) for field in Settings.__struct_fields__]
    sentences = [
        f"{variable(field)} has no effect in this service: remove it."
        for field in sorted(ignored.intersection(_given(environ)))
    ]
    for name in sorted(set(environ).difference(known)):
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
        if name.startswith(PREFIX) and near:
            sentences.append(f"{name} is not a setting of this service: did you mean {near[0]}?")
    return sentences


def _sources(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variable that says each setting: ours, or else one of a platform that is set."""
    of_platform = {
        field: name
        for field, names in PLATFORM.items()
        for name in reversed(names)
        if environ.get(name)
    }
    return of_platform | {field: variable(field) for field in _given(environ)}


def _given(environ: Mapping[str, str]) -> list[str]:
    return [field for field in Settings.__struct_fields__ if variable(field) in environ]
