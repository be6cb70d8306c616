"""``genesis-mon stack simulate``, which ``stack up`` starts: reads arguments and calls one command."""

from pathlib import Path
from typing import Annotated

import typer

from genesis_monitoring.cli.options import EnvironmentOption, OutOption, SpecOption


def attach(stack: typer.Typer) -> None:
    """Add the command to the group ``stack``; it is hidden, as it is of little use on its own."""
    stack.command(hidden=True)(simulate)


def simulate(
    scenario: Annotated[
        str,
        typer.Argument(help="A scenario of ours, or the path of a file of yours.", metavar="SCENARIO"),
    ],
    listen: Annotated[
        str,
        typer.Option(help="Where to serve; port 0 takes a free one.", metavar="HOST:PORT"),
    ] = "127.0.0.1:8000",
    results: Annotated[
        Path | None,
        typer.Option(help="A folder to keep test results in. [default: none are made]", metavar="DIR"),
    ] = None,
    spec: SpecOption = Path("slo.yaml"),
    out: OutOption = None,
    env: EnvironmentOption = None,
) -> None:
    """Play a scenario as the application that the spec scrapes outside the stack.

    The metrics are made up: every series has the label synthetic="true". It plays until it is stopped.
    """
    from genesis_monitoring.commands.project import Inputs
    from genesis_monitoring.commands.simulate import run_simulate

    raise typer.Exit(run_simulate(scenario, listen, results, Inputs(spec, out, None, None, env)))
