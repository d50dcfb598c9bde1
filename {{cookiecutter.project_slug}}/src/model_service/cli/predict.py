"""`predict`: predictions for many inputs, by the same steps as the service's."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from ..settings import Settings

if TYPE_CHECKING:
    from ..bulk.job import Job

SUFFIXES = (".jsonl", ".ndjson", ".parquet")  # of an output


@click.command()
@click.argument("inputs", metavar="FILES...", nargs=-1, required=True)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File of the predictions, .jsonl or .parquet; without it they are printed.",
)
@click.option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File of what cannot be predicted, with the reasons; <output>.rejects.jsonl by default.",
)
@click.option("--batch-size", type=click.IntRange(1), help="Rows in a run of the model.")
@click.option("--columns", help="Columns of a table to take, with commas between.")
@click.option(
    "--ray", default="", metavar="ADDRESS", help="Use the Ray cluster there; `auto`: this one."
)
@click.option(
    "--workers", type=click.IntRange(1), help="Most workers on Ray; as many as fit by default."
)
def command(
    inputs: tuple[str, ...],
    output: Path | None,
    rejects: Path | None,
    batch_size: int | None,
    columns: str | None,
    ray: str,
    workers: int | None,
) -> None:
    """Predict FILES and write one JSON line an instance.

    FILES are files, folders and patterns: .csv, .tsv, .jsonl, .ndjson, .parquet, .npy, and what
    the service takes as the file of a form. With --output, a run that was stopped goes on where it
    was if it is started again, and what cannot be predicted is written to a file; without, it is
    told on stderr, and the exit code is 1.
    """
    from ..bulk.job import Job

    for name in inputs:
        if not Path(name).exists() and not set(name) & set("*?["):
            raise click.BadParameter(f"{name!r} is neither a file nor a folder.")
    if rejects and not output:
        raise click.UsageError("--rejects needs --output.")
    if workers and not ray:
        raise click.UsageError("--workers needs --ray.")
    if output and output.suffix not in SUFFIXES:
        raise click.BadParameter(f"{output} must end in {', '.join(SUFFIXES)}.")
    chosen = tuple(name.strip() for name in columns.split(",")) if columns else ()
    job = Job(Settings.from_env(), inputs, batch_size or 0, chosen, ray, workers or 0)
    if output:
        _write(job, output, rejects or output.with_name(f"{output.name}.rejects.jsonl"))
    else:
        _print(job)


def _print(job: "Job") -> None:
    rejected = 0
    for result in job.results():
        click.echo(result.lines, nl=False)
        for line in result.rejects.splitlines():
            reject = msgspec.json.decode(line)
            which = "" if reject["instance"] is None else f"Instance {reject['instance']}: "
            click.echo(f"{reject['file']}: {which}{reject['error']}", err=True)
        rejected += result.rejected
    raise SystemExit(rejected > 0)


def _write(job: "Job", path: Path, rejects: Path) -> None:
    from ..bulk.output import Output
    from ..bulk.progress import shown

    job.check_output(path)
    with Output(path, rejects, job.key) as output:
        done = output.progress
        if done.end != (0, 0):
            count = done.predicted + done.rejected
            click.echo(f"{path} goes on after {count} instances.", err=True)
        with shown(job.inputs.bytes, done.read) as show:
            for result in job.results(done.end):
                output.write(result)
                show(result)
        output.finish()
    told = f"{path}: {done.predicted} predictions."
    click.echo(f"{told} {rejects}: {done.rejected}." if done.rejected else told, err=True)
    raise SystemExit(done.predicted == 0)
