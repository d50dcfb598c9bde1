"""`import-model`: make a model file that somebody trained the model of this service."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ..guessing import OPTIONS
from ..model_card import CARD
from ..settings import Settings


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--labels", help="Names of the classes: a file with one a line, or a JSON list.")
@click.option("--task", type=click.Choice(["classification", "raw"]), help="Labels, or rows.")
@click.option(
    "--activation",
    type=click.Choice(["none", "softmax", "sigmoid"]),
    help="What makes scores of the output.",
)
@click.option("--name", help="Name of the model in URLs; else that of the file.")
@click.option("--version", help="Version of the model; else it is counted up.")
@click.option("--link", is_flag=True, help="Hard-link the file instead of copying it.")
@click.option("--yes", is_flag=True, help="Ask nothing, also on a terminal.")
@click.pass_context
def command(context: click.Context, /, link: bool, yes: bool, **given: Any) -> None:
    """Put the model of PATH, a file or folder, in the place of the present one.

    Its format is told by its content. What cannot be served is refused with exit code 2, and
    nothing is changed.
    """
    from ..importing.steps import Import
    from ..importing.updates import leave_alone

    settings = Settings.from_env()
    new = Import.of(given["path"], given)
    if new.signature.table:
        click.echo(new.signature.table)
    if sys.stdin.isatty() and not yes:
        new = Import.of(given["path"], _asked(context, new.unknown, given))
        click.confirm(f"Replace the model in {settings.model_dir}?", default=True, abort=True)
    for title, lines in new.install(settings, link).told().items():
        click.echo(title)
        for line in lines:
            click.echo(f"  {line}")
    if leave_alone(Path(settings.model_dir)):
        click.echo("pyproject.toml says now that updates of the template leave the model alone.")
    click.echo(
        f"It is in {settings.model_dir}. Look through its card, {CARD}, then run `check`. No golden"
        " examples prove it yet: `record` makes some."
    )


command.params.extend(OPTIONS)


def _asked(
    context: click.Context, unknown: Mapping[str, str], given: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return what was given and what the terminal answers to what is unknown."""
    answers = dict(given)
    options = {option.name: option for option in command.params}
    for name, sentence in unknown.items():
        click.echo(sentence)
        text = click.prompt(f"--{name} (Enter: leave it)", default="", show_default=False)
        if text:
            answers[name] = options[name].type_cast_value(context, text)
    return answers
