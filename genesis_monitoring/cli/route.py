"""``genesis-mon route``: reads arguments and calls one command."""

from pathlib import Path
from typing import Annotated

import typer

from genesis_monitoring.cli.options import (
    EnvironmentOption,
    FormatOption,
    ProfileOption,
    SpecOption,
    alert_names,
)


def attach(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(route)


def route(
    alert: Annotated[
        str, typer.Argument(help="An alert of the spec.", metavar="ALERT", autocompletion=alert_names)
    ],
    labels: Annotated[
        list[str] | None,
        typer.Argument(help="Labels that it has, as tenant=acme.", metavar="LABEL=VALUE"),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", help="At this time, or now. [default: at any time]", metavar="TIME"),
    ] = None,
    verify_receivers: Annotated[
        str | None,
        typer.Option(
            "--verify-receivers",
            help="Exit 1 unless these, and no others, are told.",
            metavar="NAME[,NAME]...",
        ),
    ] = None,
    spec: SpecOption = Path("slo.yaml"),
    env: EnvironmentOption = None,
    profile: ProfileOption = None,
    format_: FormatOption = "text",
) -> None:
    """Say who is told of an alert, and when.

    Its receivers, which interval mutes them, and until when: as `amtool config routes test`, with the time
    of day, by the teams and time_intervals of the spec. What a real Alertmanager does then is proven by
    `genesis-mon stack drill --at TIME`. Another alert that fires may keep it quiet besides;
    `genesis-mon explain ALERT` names these.

    \b
        genesis-mon route CheckoutFailing
        genesis-mon route CheckoutFailing tenant=acme --at 2026-12-24T23:00+01:00
        genesis-mon route CheckoutFailing --at now --verify-receivers pager,chat

    Exit codes: 0 told; 1 others are told than --verify-receivers says, or the spec is invalid; 2 wrong usage,
    or there is no such alert.
    """
    from genesis_monitoring.commands.project import Inputs
    from genesis_monitoring.commands.route import Asked, run_route
    from genesis_monitoring.report.console import Console

    asked = Asked(alert, tuple(labels or ()), at, verify_receivers)
    inputs = Inputs(spec, None, None, profile, env)
    raise typer.Exit(run_route(inputs, asked, Console(), as_json=format_ == "json"))
