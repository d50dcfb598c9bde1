"""`record`: golden examples from files, with the outputs of training or those of now."""

from pathlib import Path
from typing import Any

import click
import numpy as np

from ..arrays import Array
from ..errors import InvalidInstance, InvalidModelCard, ServiceError
from ..model_card import ModelCard
from ..model_folder import ModelFolder
from ..settings import Settings

Instances = list[tuple[str, Any]]  # each with words for where it stands

MOST = 1000  # instances: each is run at every start

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("files", nargs=-1, required=True, type=EXISTING)
@click.option(
    "--expected",
    type=EXISTING,
    help="The outputs of training: .npz with an array for each output, or .npy for one output.",
)
def command(files: tuple[Path, ...], expected: Path | None) -> None:
    """Make the instances of FILES the golden examples, which the service must match at start.

    Their outputs are those of training, in the order of FILES, or those that the original model
    gives now: these show what changes later, not whether the preprocessing is that of training.
    """
    from ..golden import read_expected, write_golden

    settings = Settings.from_env()
    model = ModelFolder.open(Path(settings.model_dir))
    if not model.card.native:
        raise click.ClickException(
            "This model takes arrays that no instance expresses: it can have no golden examples."
        )
    instances = _read(files)
    if expected:
        outputs = read_expected(expected, model.card.outputs, len(instances))
        _check_readable(model, settings, instances)
    else:
        outputs = _run(settings, instances)
    target = write_golden(model, [instance for _, instance in instances], outputs)
    click.echo(f"Golden examples: {len(instances)}, recorded in {target}.")
    click.echo(
        "`check` says whether the service matches them."
        if expected
        else "Their outputs are those of now: with --expected they would be those of training."
    )


def _read(files: tuple[Path, ...]) -> Instances:
    """Return the instances of files; raises ClickException."""
    from ..preprocessing import read_instances

    found: Instances = []
    for path in files:
        try:
            read = read_instances(path.read_bytes())
        except (OSError, ServiceError) as error:
            raise click.ClickException(f"{path}: {error}") from None
        if len(found) + len(read) > MOST:
            raise click.ClickException(
                f"{path} brings the instances to {len(found) + len(read)}, and each is run at every"
                f" start: record {MOST} at most; a dozen unlike ones serve best."
            )
        many = len(read) > 1
        found += [(f"{path}[{n}]" if many else str(path), one) for n, one in enumerate(read)]
    if not found:
        raise click.ClickException("The files hold no instance.")
    return found


def _check_readable(model: ModelFolder, settings: Settings, instances: Instances) -> None:
    """Raise ClickException for an instance that fits the model under no usual preprocessing.

    A card that is wrong may not take what is right; `check --diagnose` is for that.
    """
    from ..diagnosis import singles

    sent = [instance for _, instance in instances]
    cards = (model.card, *(variant.card for variant in singles(model.card, sent)))
    reasons = [_refusal(card, settings, instances) for card in cards]
    if all(reasons):
        raise click.ClickException(reasons[0])


def _refusal(card: ModelCard, settings: Settings, instances: Instances) -> str:
    """Return why the preprocessing of a card takes the instances not; empty if it does."""
    from ..preprocessing import Preprocessor

    try:
        preprocess = Preprocessor(card, settings)
    except InvalidModelCard as error:
        return str(error)
    for place, instance in instances:
        try:
            preprocess(instance)
        except InvalidInstance as error:
            return f"{place}: {error}"
    return ""


def _run(settings: Settings, instances: Instances) -> dict[str, list[Array]]:
    """Return the rows of each output of the card that the original model gives."""
    from ..startup import assemble

    running = assemble(settings, say=click.echo, original=True)
    rows: dict[str, list[Array]] = {spec.name: [] for spec in running.model.card.outputs}
    for place, instance in instances:
        try:
            row = running.preprocess(instance)
            outputs = running.runs.run({name: array[np.newaxis] for name, array in row.items()})
        except ServiceError as error:
            raise click.ClickException(f"{place}: {error}") from error
        for name, found in rows.items():
            found.append(outputs[name][0])
    running.batcher.close()
    return rows
