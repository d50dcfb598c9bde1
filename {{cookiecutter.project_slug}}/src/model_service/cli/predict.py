"""`predict`: predictions for files, by the same line as the service's."""

from pathlib import Path

import click
import msgspec

from ..errors import ServiceError
from ..settings import Settings


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def command(files: tuple[Path, ...]) -> None:
    """Predict FILES and print one JSON line an instance.

    A file that cannot be predicted is told on stderr; the others still are, and the exit code
    is 1.
    """
    from ..deadline import Deadline
    from ..preprocessing import read_instances
    from ..startup import start

    settings = Settings.from_env()
    running = start(settings)
    failed = False
    for path in files:
        try:
            for index, instance in enumerate(read_instances(path.read_bytes())):
                deadline = Deadline.after_ms(settings.deadline_ms)
                (prediction,) = running.pipeline.predict([instance], deadline)
                line = {"file": str(path), "instance": index, "prediction": prediction}
                click.echo(msgspec.json.encode(line))
        except ServiceError as error:
            failed = True
            click.echo(f"{path}: {error}", err=True)
    raise SystemExit(failed)
