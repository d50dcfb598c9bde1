"""`check`: whether this service would start, and with the right model."""

from typing import TYPE_CHECKING

import click
import msgspec

from ..errors import GoldenMismatch
from ..settings import Settings

if TYPE_CHECKING:
    from ..startup import Running


@click.command()
@click.option(
    "--diagnose",
    is_flag=True,
    help="If golden examples differ, try the usual mistakes in the card.",
)
def command(diagnose: bool) -> None:
    """Load and warm up the model, check its golden examples, and predict the first of them."""
    from ..deadline import Deadline
    from ..startup import assemble, prove

    settings = Settings.from_env()
    running = assemble(settings, say=click.echo)
    try:
        running = prove(running, say=click.echo)
    except GoldenMismatch:
        if diagnose:
            _diagnose(running, settings)
        raise
    for instance in running.examples[:1]:
        deadline = Deadline.after_ms(settings.deadline_ms)
        (prediction,) = running.pipeline.predict([instance], deadline)
        click.echo(f"Dry run: {msgspec.json.encode(prediction).decode()}")
    click.echo("All checks passed.")


def _diagnose(running: "Running", settings: Settings) -> None:
    """Look for the mistake with the original: a quantized model differs anyway."""
    from ..diagnosis import diagnose
    from ..startup import assemble

    if running.placed.placement.quantization != "none":
        running = assemble(settings, say=lambda _: None, original=True)
    diagnose(running, settings, click.echo)
