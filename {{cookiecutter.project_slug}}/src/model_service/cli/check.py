"""`check`: whether this service would start, and with the right model."""

import click
import msgspec

from ..settings import Settings


@click.command()
def command() -> None:
    """Load and warm up the model, check its golden examples, and predict the first of them."""
    from ..deadline import Deadline
    from ..startup import start

    settings = Settings.from_env()
    running = start(settings, say=click.echo)
    for instance in running.examples[:1]:
        deadline = Deadline.after_ms(settings.deadline_ms)
        (prediction,) = running.pipeline.predict([instance], deadline)
        click.echo(f"Dry run: {msgspec.json.encode(prediction).decode()}")
    click.echo("All checks passed.")
