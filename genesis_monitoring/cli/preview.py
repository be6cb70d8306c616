"""``genesis-mon preview``: reads arguments and calls one command."""

from pathlib import Path
from typing import Annotated

import typer

from genesis_monitoring.cli.options import (
    CaFileOption,
    EnvironmentOption,
    ProfileOption,
    SpecOption,
    TemplatesOption,
    TimeoutOption,
    TokenFileOption,
    number,
    one_format,
)
from genesis_monitoring.conventions import preview_folder


def attach(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(preview)


def preview(
    dashboard: Annotated[
        str | None, typer.Argument(help="Its uid. [default: every dashboard]", metavar="[DASHBOARD]")
    ] = None,
    prometheus: Annotated[
        str | None, typer.Option(help="Show the values of this server.", metavar="URL")
    ] = None,
    scenario: Annotated[
        str | None,
        typer.Option(help="Show a scenario of `stack up --simulate`, or a file of yours.", metavar="NAME"),
    ] = None,
    last: Annotated[
        str | None,
        typer.Option(
            help="How far back to look. [default: as the dashboard says; 1h of a scenario]",
            metavar="DURATION",
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option(help="As at this time, in UTC. [default: the server's now]", metavar="TIME")
    ] = None,
    replay: Annotated[
        Path | None,
        typer.Option(help="Show a record of `rollout verdict --record`, or an archive.", metavar="PATH"),
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="Mark what differs from this generated tree.", metavar="DIR")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="The folder to write. [default: preview; preview-ENV with --env]", metavar="DIR"
        ),
    ] = None,
    format_: Annotated[str, one_format("html", "png", default=" png: a picture beside the page.")] = "html",
    width: Annotated[
        float, typer.Option(help="Of a picture.", metavar="PIXELS", parser=number(500, 4000))
    ] = 1400,
    dark: Annotated[bool, typer.Option("--dark", help="A picture in dark colours.")] = False,
    spec: SpecOption = Path("slo.yaml"),
    env: EnvironmentOption = None,
    templates: TemplatesOption = None,
    profile: ProfileOption = None,
    timeout: TimeoutOption = 30.0,
    ca_file: CaFileOption = None,
    token_file: TokenFileOption = None,
) -> None:
    """Write each dashboard as a page that needs no Grafana: DIR/DASHBOARD.html.

    It shows what the dashboard's JSON says: the layout, titles, units, decimals, levels and colours, as
    Grafana shows them. The i in the corner of a panel has its description, links, levels and queries. A page
    is one file without scripts that asks nobody for anything, so it can be mailed, or kept by CI for the
    review of a change. Without a source of values it shows the layout alone.

    A scenario needs no stack: its metrics are made up, a Prometheus of this machine evaluates all rules over
    the last hour of them, half of which the scenario lasts, and is gone afterwards. It takes some seconds.
    Alerts wait as long as the spec says before they fire; `--profile drill` makes that short.

    `--format png` also writes DIR/DASHBOARD.png, with a Chromium that is installed: `--width` is its width,
    `--dark` makes it dark. The page itself follows the reader's settings.

    Exit codes: 0 written; 1 written, but the server refuses the query of a panel, or the spec is invalid;
    2 wrong usage, or there is no such dashboard; 3 could not tell: no answer, or nothing can be written.
    """
    from genesis_monitoring.commands.preview import Pages, Values, run_preview
    from genesis_monitoring.commands.project import Inputs
    from genesis_monitoring.commands.rollout_inputs import ServerOptions
    from genesis_monitoring.report.console import Console

    raise typer.Exit(
        run_preview(
            Inputs(spec, None, templates, profile, env),
            Values(prometheus, replay, scenario, at, last),
            ServerOptions(prometheus, timeout, ca_file, token_file),
            Pages(dashboard, out or Path(preview_folder(env)), format_, against, round(width), dark),
            Console(),
        )
    )
