"""The console script: every file of this folder is a command.

A command is imported when it is run, so that `--help` costs no import of a model framework.
"""

import importlib
import sys
from pathlib import Path
from typing import cast

import click

from .. import envfile
from ..errors import ServiceError


class Commands(click.Group):
    """Finds the commands in the folder; each module offers `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the files."""
        files = Path(__file__).parent.glob("[!_]*.py")
        return sorted(path.stem.replace("_", "-") for path in files)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f".{cmd_name.replace('-', '_')}", __package__)
        return cast("click.Command", module.command)


@click.group(cls=Commands)
def commands() -> None:
    """Serve a trained model, and look after it."""
    envfile.load()


def main() -> None:
    """Run the console script; a failure is one sentence on stderr and an exit code.

    Notes of the error, tables for people, are printed before it.
    """
    try:
        commands()
    except ServiceError as error:
        for note in getattr(error, "__notes__", ()):
            click.echo(note, err=True)
        click.echo(f"Error: {error}", err=True)
        sys.exit(getattr(error, "exit_code", 1))
