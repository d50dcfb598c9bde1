"""`serve`: start the server."""

import os

import click

from ..settings import Settings, variable


@click.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on.")
@click.option("--workers", type=int, help="Processes; 0: choose.")
@click.option("--threads", type=int, help="Request threads a process; 0: choose.")
def command(**options: str | int | None) -> None:
    """Serve the model over HTTP until Ctrl-C; options win over SERVICE_* variables."""
    for name, value in options.items():
        if value is not None:
            os.environ[variable(name)] = str(value)  # where the worker processes read it, too
    settings = Settings.from_env()

    from ..server import serve

    serve(settings)
