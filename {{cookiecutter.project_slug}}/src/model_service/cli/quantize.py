"""`quantize`: make the served artefact from the original, and prove it."""

import shutil
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec
import numpy as np

from ..arrays import Arrays
from ..errors import InvalidModelCard, StartupError
from ..model_folder import SERVED, ModelFolder, ServedArtefact, sha256_of, size_of
from ..settings import Settings

if TYPE_CHECKING:
    from ..engine import Engine
    from ..quantization import Report, Samples

LONGEST_REASON = 300  # a compiler tells its whole log
MOST_CALIBRATED = 256  # samples; scales hardly move with more, and all of them are in memory
SAMPLES = click.Path(exists=True, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--calibration", type=SAMPLES, help="Samples to calibrate with.")
@click.option("--evaluation", type=SAMPLES, help="Samples to judge by.")
@click.option("--report", type=FOLDER, default="reports", show_default=True, help="Its folder.")
@click.option("--force", is_flag=True, help="Serve the artefact whatever it lacks.")
def command(calibration: Path | None, evaluation: Path | None, report: Path, force: bool) -> None:
    """Make the quantized artefact and compare it with the original.

    It is served from the next start on if its agreement, its accuracy and its speed reach what
    the model card demands; if not, the original stays in service and the exit code is 1.

    Samples are those that the card names, unless others are given: a folder of files, or of a
    folder for each label; a CSV with a column for each feature, or `file`, and `label`; an .npz
    with an array for each input of the model, and `label`.
    """
    try:
        import rich  # noqa: F401

        from ..quantization import SCHEME, SUFFIX, Report, basis_of, compare, write_report
    except ImportError as error:
        raise click.ClickException(
            f"Quantization needs the package {error.name}: install this project with [quantize]."
        ) from None
    from ..engine import load

    settings = Settings.from_env()
    model = ModelFolder.open(Path(settings.model_dir))
    card, original = model.card, model.original()
    target = original.with_name(f"{original.stem}.{SCHEME}{SUFFIX}")
    (model.path / SERVED).unlink(missing_ok=True)  # whatever happens, no stale artefact is served

    rows = _calibration_rows(model, settings, calibration)
    labels = model.labels() if card.task == "classification" else ()
    path, samples = _samples("evaluation", evaluation, model, settings, labels)
    click.echo(f"Quantizing {original.name} ({SCHEME}) ...")
    _make(original, target, rows)
    click.echo(f"Comparing on {samples.count} evaluation samples ...")
    engine = load(target, "cpu", 1)
    comparison = compare(load(original, "cpu", 1), engine, samples, card)
    misses = _misses_golden(model, settings, engine)
    shortfalls = "; ".join([*comparison.shortfalls(card.quantization), *misses])
    told = Report(
        title=f"{card.name} {card.version}: {SCHEME} against the original",
        outcome=f"Not fit to serve, since {shortfalls}." if shortfalls else "Fit to serve.",
        basis=basis_of(samples, path, card),
        sizes=(model.original_bytes(), size_of(target)),
        comparison=comparison,
        labels=labels,
        tolerance=card.quantization.golden_tolerance,
    )
    _show(told)
    click.echo(f"{told.basis} The report is {write_report(report, told)}.")
    if misses or (shortfalls and not force):
        forcing = "" if misses else "run `quantize --force`, or "  # it would not even start
        raise click.ClickException(
            f"The original stays in service, since of {target.name} {shortfalls}. `serve` serves"
            f" the original. To serve the artefact, {forcing}change [quantization] in the model"
            " card."
        )
    if shortfalls:
        click.echo(f"Forced, although {shortfalls}.")
    _record(model, target, SCHEME, comparison.agreement)


def _record(model: ModelFolder, target: Path, scheme: str, agreement: float) -> None:
    """Let the artefact be served from the next start on."""
    served = ServedArtefact(
        file=str(target.relative_to(model.path.resolve())),
        sha256=sha256_of(target),
        source_sha256=model.card.artefact.sha256,
        scheme=scheme,
        agreement=agreement,
    )
    record = model.path / SERVED
    record.write_bytes(msgspec.json.format(msgspec.json.encode(served)) + b"\n")
    click.echo(f"{target.name} is served from the next start on; delete {record} to undo that.")


def _calibration_rows(model: ModelFolder, settings: Settings, given: Path | None) -> Arrays:
    """Return what the scheme calibrates with, drawn from all of the samples; else nothing."""
    from ..quantization import CALIBRATED, SCHEME

    if SCHEME not in CALIBRATED:
        if given:
            click.echo(f"{SCHEME} needs no calibration: {given} is not read.")
        return {}
    path, samples = _samples("calibration", given, model, settings)
    drawn = np.linspace(0, samples.count - 1, min(samples.count, MOST_CALIBRATED)).astype(int)
    click.echo(f"Calibrating with {len(drawn)} of the {samples.count} samples of {path} ...")
    return samples.rows(drawn)


def _samples(
    purpose: str,
    given: Path | None,
    model: ModelFolder,
    settings: Settings,
    labels: tuple[str, ...] = (),
) -> tuple[Path, "Samples"]:
    """Return the samples given, or those that the card names; raises InvalidModelCard."""
    from ..quantization import SCHEME, read_samples

    named = getattr(model.card.quantization, purpose)
    path = given or model.path / named
    if not given and not model.has(named):
        raise InvalidModelCard(
            f"{SCHEME} needs samples for {purpose}, and {path} is not there: give --{purpose} with"
            " a folder of files, a CSV or an .npz. `serve` serves the original."
        )
    return path, read_samples(path, model.card, settings, labels)


def _misses_golden(model: ModelFolder, settings: Settings, engine: "Engine") -> list[str]:
    """Return by how much the artefact misses golden examples, if that is too much to start."""
    from ..preprocessing import Preprocessor
    from ..quantization import golden_gap

    examples, tolerance = model.golden(), model.card.quantization.golden_tolerance
    if not examples.instances:
        return []
    rows = map(Preprocessor(model.card, settings), examples.instances)
    gap = golden_gap(engine, rows, examples.outputs)
    if gap <= tolerance:
        return []
    return [f"its golden examples differ by {gap:.3g}, and golden_tolerance is {tolerance:g}"]


def _show(report: "Report") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("", "original", "quantized", "ratio")
    for row in report.rows():
        table.add_row(*row)
    Console().print(table)


def _make(original: Path, target: Path, calibration: Arrays) -> None:
    """Write the artefact beside the one in service, and put it in its place when it is whole."""
    from ..quantization import quantize

    made = target.with_name(f"new.{target.name}")
    _remove(made)  # of a run that was stopped
    try:
        quantize(original, made, calibration)
    except StartupError:
        raise
    except Exception as error:  # a quantizer may raise anything
        _remove(made)
        reason = textwrap.shorten(str(error), LONGEST_REASON, placeholder=" ...")
        raise click.ClickException(f"{original.name} cannot be quantized: {reason}") from error
    _remove(target)  # a service may run on the former one, mapped: never write into that
    made.replace(target)


def _remove(artefact: Path) -> None:
    if artefact.is_dir():
        shutil.rmtree(artefact)
    else:
        artefact.unlink(missing_ok=True)
