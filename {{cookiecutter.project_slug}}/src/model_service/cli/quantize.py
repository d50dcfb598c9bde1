"""`quantize`: make the served artefact from the original, and prove it."""

import shutil
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from ..arrays import Arrays
from ..errors import StartupError
from ..model_folder import SERVED, ModelFolder, ServedArtefact, sha256_of, size_of
from ..settings import Settings

if TYPE_CHECKING:
    from ..quantization import Comparison

LONGEST_REASON = 300  # a compiler tells its whole log


@click.command()
@click.option("--force", is_flag=True, help="Serve the artefact whatever it lacks.")
def command(force: bool) -> None:
    """Make the quantized artefact and compare it with the original.

    It is served from the next start on if its agreement, its accuracy and its speed reach what
    the model card demands; if not, the original stays in service and the exit code is 1.
    """
    try:
        from rich.console import Console
        from rich.table import Table

        from ..quantization import SCHEME, SUFFIX, compare, read_samples
    except ImportError as error:
        raise click.ClickException(
            f"Quantization needs the package {error.name}: install this project with [quantize]."
        ) from None
    from ..engine import load

    model = ModelFolder.open(Path(Settings.from_env().model_dir))
    card = model.card
    original = model.original()
    target = original.with_name(f"{original.stem}.{SCHEME}{SUFFIX}")
    record = model.path / SERVED

    record.unlink(missing_ok=True)  # whatever happens now, no stale artefact is served
    calibration, _ = read_samples(model.file(card.quantization.calibration), card)
    samples, labels = read_samples(model.file(card.quantization.evaluation), card)
    rows = len(next(iter(calibration.values())))
    click.echo(f"Quantizing {original.name} ({SCHEME}), {rows} calibration samples ...")
    _make(original, target, calibration)
    click.echo(f"Comparing on {len(next(iter(samples.values())))} evaluation samples ...")
    comparison = compare(load(original, "cpu", 1), load(target, "cpu", 1), samples, labels, card)
    table = Table("", "original", "quantized", "ratio")
    for row in _rows(original, target, comparison):
        table.add_row(*row)
    Console().print(table)

    shortfalls = "; ".join(comparison.shortfalls(card.quantization))
    if shortfalls and not force:
        raise click.ClickException(
            f"The original stays in service, since of {target.name} {shortfalls}. `serve` serves"
            " the original. To serve the artefact, run `quantize --force`, or change"
            " [quantization] in the model card."
        )
    served = ServedArtefact(
        file=str(target.relative_to(model.path.resolve())),
        sha256=sha256_of(target),
        source_sha256=card.artefact.sha256,
        scheme=SCHEME,
        agreement=comparison.agreement,
    )
    record.write_bytes(msgspec.json.format(msgspec.json.encode(served)) + b"\n")
    if shortfalls:
        click.echo(f"Forced, although {shortfalls}.")
    click.echo(f"{target.name} is served from the next start on; delete {record} to undo that.")


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


def _rows(original: Path, target: Path, comparison: "Comparison") -> Iterator[tuple[str, ...]]:
    before, after = (size_of(artefact) / 1000 for artefact in (original, target))
    yield "size (KB)", f"{before:.1f}", f"{after:.1f}", f"{after / before:.2f}"
    for batch, (before, after) in comparison.latency_ms.items():
        name = f"latency at batch {batch} (ms)"
        yield name, f"{before:.3f}", f"{after:.3f}", f"{after / before:.2f}"
    if comparison.accuracy is not None:
        yield "accuracy", *(f"{share:.2%}" for share in comparison.accuracy), ""
    yield "agreement", "", f"{comparison.agreement:.2%}", ""
