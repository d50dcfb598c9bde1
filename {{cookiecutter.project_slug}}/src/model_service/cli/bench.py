"""`bench`: what the service does under load, and which settings it does best with."""

import math
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from .. import envfile
from ..errors import StartupError
from ..settings import Settings, variable

if TYPE_CHECKING:
    from ..benching.measurement import Measurement
    from ..benching.session import Session
    from ..benching.tuning import Trial, Values

SHORTEST_S, LONGEST_S = 0.5, 10.0  # one measurement of a tuning
FOLDER = click.Path(file_okay=False, path_type=Path)
TUNING_ONLY = ("minutes", "p99_ms", "report", "dry_run")


@click.command()
@click.option("--url", help="A service that runs; by default one is started, and ended.")
@click.option("--connections", type=click.IntRange(1, 4096), default=32, show_default=True)
@click.option(
    "--rows", type=click.IntRange(1), default=1, show_default=True, help="Instances in a request."
)
@click.option("--seconds", type=click.FloatRange(0.1), default=10.0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--tune", is_flag=True, help="Look for better settings, and write them to .env.")
@click.option("--minutes", type=click.FloatRange(0.01), default=5.0, show_default=True)
@click.option("--p99-ms", type=click.FloatRange(0, min_open=True), help="Highest p99 to choose.")
@click.option("--report", type=FOLDER, default="reports", show_default=True, help="For the plot.")
@click.option("--dry-run", is_flag=True, help="Leave .env as it is.")
@click.pass_context
def command(
    context: click.Context,
    url: str | None,
    connections: int,
    rows: int,
    seconds: float,
    as_json: bool,
    tune: bool,
    minutes: float,
    p99_ms: float | None,
    report: Path,
    dry_run: bool,
) -> None:
    """Measure the service under load: each connection sends an example, waits, sends the next.

    With --tune the settings of processes, threads and batches are tried for --minutes, and those
    that serve most requests go to .env, unless the present ones come close.
    """
    _check_use(context, tune, url)
    try:
        from ..benching.interrupts import raised
        from ..benching.load import Load
        from ..benching.session import Session
    except ImportError as error:
        raise click.ClickException(
            f"`bench` needs the package {error.name}: install this project with [bench]."
        ) from None
    from ..resources import available_cpus

    settings, target = Settings.from_env(), envfile.file_named(os.environ)
    if tune and not dry_run and not target:
        raise click.UsageError("SERVICE_ENV_FILE names no file to write to: give --dry-run.")
    with raised(), Load(connections, available_cpus()) as load:
        session = Session(settings, load, rows)
        if not tune:
            _say("Measuring ..." if url else "Starting the service, and measuring it ...")
            found = session.at(url, seconds) if url else session.own({}, lambda _: seconds)
            click.echo(_json(found) if as_json else found.text())
            return
        trials, best = _tune(session, settings, minutes, p99_ms or math.inf, connections * rows)
    _report(trials, best, report, as_json)
    if p99_ms and best.p99_ms > p99_ms:
        _say(f"Nothing that was tried has a p99 of {p99_ms:g} ms: chosen is the lowest.")
    if best is trials[0]:
        _say("Nothing is better than the present settings by more than what may be chance.")
    elif target and not dry_run:
        _write(target, best.values)


def _check_use(context: click.Context, tune: bool, url: str | None) -> None:
    given = [
        name
        for name in TUNING_ONLY
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
    ]
    if given and not tune:
        raise click.UsageError(f"--{given[0].replace('_', '-')} needs --tune.")
    if tune and url:
        raise click.UsageError("--tune starts the service itself: leave --url away.")


def _tune(
    session: "Session", settings: Settings, minutes: float, bound_ms: float, most_rows: int
) -> tuple[list["Trial"], "Trial"]:
    """Return all trials, that of the present settings first, and the best of them."""
    from ..benching.tuning import FINAL_SHARE, Search, as_variables, choices
    from ..resources import available_cpus

    begun, cpus = time.monotonic(), available_cpus()
    tried = choices(settings, cpus, most_rows)
    share_s = 60 * minutes * (1 - FINAL_SHARE) / sum(map(len, tried.values()))
    _say(f"Trying {', '.join(map(variable, tried))} for {minutes:g} minutes ...")

    def measure(values: "Values") -> "Measurement":
        return session.own(
            as_variables(values), lambda taken: min(max(share_s - taken, SHORTEST_S), LONGEST_S)
        )

    def tell(values: "Values", found: "Measurement | StartupError") -> None:
        new = {k: v for k, v in values.items() if v != getattr(settings, k)}
        words = " ".join(f"{name}={value}" for name, value in as_variables(new).items())
        outcome = str(found) if isinstance(found, StartupError) else found.line()
        _say(f"{time.monotonic() - begun:4.0f} s  {words or 'as it is'}: {outcome}")

    search = Search(measure, tell, settings, cpus, bound_ms, begun + 60 * minutes)
    return search.trials, search.run(tried)


def _report(trials: list["Trial"], best: "Trial", folder: Path, as_json: bool) -> None:
    from ..benching.frontier import as_json as told
    from ..benching.frontier import table

    click.echo(msgspec.json.format(told(trials, best)) if as_json else table(trials, best))
    try:
        from ..benching.plot import draw
    except ImportError:
        _say("The plot needs matplotlib: install this project with [report].")
        return
    _say(f"The plot of all {len(trials)} is {draw(trials, best, folder)}.")


def _write(path: Path, values: "Values") -> None:
    """Write the values to `.env`, and tell which variables of the environment win over it."""
    from ..benching.tuning import as_variables

    former = envfile.read(path) if path.exists() else {}
    variables = as_variables(values)
    envfile.write(path, variables)
    _say(f"{path} has the chosen settings; all commands read it.")
    for name in variables:
        if os.environ.get(name, former.get(name)) != former.get(name):
            _say(f"{name} is set in the environment, too, and wins over {path}: unset it.")


def _json(found: "Measurement") -> str:
    return msgspec.json.format(msgspec.json.encode(found)).decode()


def _say(words: str) -> None:
    click.echo(words, err=True)
