"""``genesis-mon import``: reads arguments and calls one command."""

import re
from pathlib import Path
from typing import Annotated

import typer

from genesis_monitoring.cli.options import SETTINGS, FormatOption
from genesis_monitoring.errors import UsageError

HELP = """Turn the SLOs of another tool into a part of a spec: components, metrics, and SLIs with a budget.

  genesis-mon import sloth slos/                            # print the part
  genesis-mon import sloth shop.yaml --out part.yaml        # to paste into slo.yaml
  genesis-mon import openslo slos/ --spec slo.yaml --out slo.yaml   # or merge it; comments stay

What is dropped is a note at its line. What would change the meaning is an error, and then nothing is
written. docs/import.md has each field and what becomes of it.
"""

app = typer.Typer(
    name="import", help=HELP, no_args_is_help=True, rich_markup_mode=None, context_settings=SETTINGS
)

PathsArgument = Annotated[
    list[Path], typer.Argument(help="Files, or folders with .yaml and .yml files.", metavar="PATH...")
]
SpecIntoOption = Annotated[
    Path | None,
    typer.Option(
        "--spec", "-s", help="Merge into this spec; its own lines stay as they are.", metavar="FILE"
    ),
]
OutFileOption = Annotated[
    Path | None, typer.Option("--out", help="Write to this file. [default: print]", metavar="FILE")
]
JobOption = Annotated[
    str,
    typer.Option(help='The scrape job of metrics whose query has no matcher job="…".', metavar="NAME"),
]
BucketsOption = Annotated[
    list[str] | None,
    typer.Option(help="Edges of a histogram, as NAME=0.1,0.3,1; repeat for more.", metavar="NAME=EDGES"),
]
PageOption = Annotated[str, typer.Option(help="Severity of what pages.", metavar="P0..P3")]
TicketOption = Annotated[str, typer.Option(help="Severity of what makes a ticket.", metavar="P0..P3")]
PeriodOption = Annotated[
    str | None,
    typer.Option(help="Of SLOs that have none of their own, as 28d. [default: 30d]", metavar="TIME"),
]


@app.command()
def sloth(
    paths: PathsArgument,
    job: JobOption = "",
    windows: Annotated[
        Path | None,
        typer.Option(
            help="Sloth's catalogue (kind: AlertWindows). [default: those among PATH...]", metavar="FILE"
        ),
    ] = None,
    period: PeriodOption = None,
    page: PageOption = "P1",
    ticket: TicketOption = "P2",
    buckets: BucketsOption = None,
    spec: SpecIntoOption = None,
    out: OutFileOption = None,
    format_: FormatOption = "text",
) -> None:
    """Read Sloth: version: prometheus/v1, PrometheusServiceLevel, AlertWindows, OpenSLO v1alpha.

    The SLO's id stays the same, so its series do. Exit codes: 0 imported; 1 something would change its
    meaning, or the merged spec would not be valid; 2 wrong usage, or a path cannot be read.
    """
    _run("sloth", paths, windows, _seconds(period), (job, page, ticket), buckets, [], (spec, out), format_)


@app.command()
def openslo(
    paths: PathsArgument,
    job: JobOption = "",
    severity: Annotated[
        list[str] | None,
        typer.Option(
            help="The severity of a word of alert conditions, as critical=P1; repeat for more.",
            metavar="WORD=P0..P3",
        ),
    ] = None,
    page: PageOption = "P1",
    ticket: TicketOption = "P2",
    buckets: BucketsOption = None,
    spec: SpecIntoOption = None,
    out: OutFileOption = None,
    format_: FormatOption = "text",
) -> None:
    """Read OpenSLO: documents of v1 that name each other, in any number of files; SLOs of v1alpha.

    An SLO with several objectives becomes several, NAME-0 and so on. Exit codes: 0 imported; 1 something
    would change its meaning, or the merged spec would not be valid; 2 wrong usage, or a path cannot be read.
    """
    _run("openslo", paths, None, None, (job, page, ticket), buckets, severity, (spec, out), format_)


def _run(
    command: str,
    paths: list[Path],
    windows: Path | None,
    period: int | None,
    words: tuple[str, str, str],
    buckets: list[str] | None,
    severities: list[str] | None,
    files: tuple[Path | None, Path | None],
    format_: str,
) -> None:
    from genesis_monitoring.commands.import_spec import ImportInputs, read_buckets, read_pairs, run_import
    from genesis_monitoring.importers.slo import Choices
    from genesis_monitoring.report.console import Console

    job, page, ticket = words
    others = read_pairs(tuple(severities or ()), "--severity", "--severity critical=P1")
    for option, one in (
        ("--page", page),
        ("--ticket", ticket),
        *(("--severity", one) for one in others.values()),
    ):
        if not re.fullmatch("P[0-9]", one):
            raise UsageError(f"{option}: {one!r} is no severity", "use one of the spec's, as P1")
    choices = Choices(job, period, page, ticket, others, read_buckets(tuple(buckets or ())))
    inputs = ImportInputs(tuple(paths), windows, files[0])
    raise typer.Exit(run_import(command, inputs, choices, files[1], format_ == "json", Console()))


def _seconds(period: str | None) -> int | None:
    from genesis_monitoring.durations import parse_duration

    if period is None:
        return None
    try:
        seconds = parse_duration(period)
    except ValueError as error:
        raise UsageError(f"--period {period!r}: {error}", "as --period 28d") from None
    if not seconds:
        raise UsageError("--period is zero", "as --period 28d")
    return seconds
