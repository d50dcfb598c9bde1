"""`info`: what this service serves, and how it is set."""

from typing import Any

import click
import msgspec

from ..model_folder import ModelFolder, size_of
from ..settings import SECRETS, Settings, variable

HIDDEN = "(set)"


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(as_json: bool) -> None:
    """Print the model card, the engine, the device and the settings."""
    from ..resources import IGNORED_SETTINGS
    from ..startup import start

    settings = Settings.from_env()
    running = start(settings)
    read = {k: v for k, v in msgspec.structs.asdict(settings).items() if k not in IGNORED_SETTINGS}
    shown = {k: HIDDEN if k in SECRETS and value else value for k, value in read.items()}
    set_to = {variable(name): value for name, value in shown.items()}
    facts = {**running.describe(), **_card(running.model)}
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode({**facts, "settings": set_to})))
        return
    for name, value in {**facts, **set_to}.items():
        click.echo(f"{name}: {', '.join(value) if isinstance(value, list) else value}")


def _card(model: ModelFolder) -> dict[str, Any]:
    card = model.card
    original = model.original()
    return {
        "description": card.description,
        "license": card.license,
        "task": card.task,
        "artefact": f"{card.artefact.file}, {size_of(original)} bytes",
        "inputs": [str(spec) for spec in card.inputs],
        "outputs": [str(spec) for spec in card.outputs],
        "labels": list(model.labels()),
    }
