"""`info`: what this service serves, how it is set, and how it is asked."""

from typing import TYPE_CHECKING, Any

import click
import msgspec

from ..model_folder import size_of
from ..settings import SECRETS, Settings, variable

if TYPE_CHECKING:
    from ..sample_requests import SampleRequest
    from ..startup import Running

HIDDEN = "(set)"
ROUTES = {"predict": "POST /predict", "v2": "The Open Inference Protocol"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(as_json: bool) -> None:
    """Print the model card, the engine, the device, the settings, and requests for the model."""
    from ..resources import IGNORED_SETTINGS
    from ..sample_requests import Sampler
    from ..startup import start

    settings = Settings.from_env()
    running = start(settings)
    read = {k: v for k, v in msgspec.structs.asdict(settings).items() if k not in IGNORED_SETTINGS}
    shown = {k: HIDDEN if k in SECRETS and value else value for k, value in read.items()}
    set_to = {variable(name): value for name, value in shown.items()}
    facts = {**running.describe(), **_card(running)}
    sampler = Sampler(running, settings)
    requests = {"predict": sampler.native(), "v2": sampler.v2()}
    if as_json:
        told = {**facts, "settings": set_to, "requests": requests}
        click.echo(msgspec.json.format(msgspec.json.encode(told)))
        return
    for name, value in {**facts, **set_to}.items():
        click.echo(f"{name}: {_text(value)}")
    for name, request in requests.items():
        click.echo(_blocks(ROUTES[name], request))


def _card(running: "Running") -> dict[str, Any]:
    model, card = running.model, running.model.card
    artefact, scheme = model.served(running.placed.placement.choice.device)
    original_bytes = model.original_bytes()
    return {
        "description": card.description,
        "license": card.license,
        "source": card.source,
        "task": card.task,
        "original": card.artefact.file,
        "original_bytes": original_bytes,
        "served": str(artefact.relative_to(model.path.resolve())),
        "served_bytes": original_bytes if scheme == "none" else size_of(artefact),
        "inputs": [str(spec) for spec in card.inputs],
        "outputs": [str(spec) for spec in card.outputs],
        "preprocessing": card.preprocessing,
        "postprocessing": msgspec.structs.asdict(card.postprocessing),
        "labels": list(model.labels()),
    }


def _text(value: Any) -> str:
    """Return a value on one line; the entries of a section as in the card."""
    if isinstance(value, dict):
        entries = {key: msgspec.json.encode(one).decode() for key, one in value.items()}
        return ", ".join(f"{key} = {text}" for key, text in entries.items())
    return ", ".join(value) if isinstance(value, list) else str(value)


def _blocks(route: str, request: "SampleRequest | None") -> str:
    """Return a request in each language below a line of its own, to be copied as it is."""
    if request is None:
        return f"\n# {route}: no request can be shown, since the model has no example that it runs."
    return f"\n# {route}, curl:\n{request['curl']}\n\n# {route}, Python:\n{request['python']}"
