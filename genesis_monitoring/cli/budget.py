"""``genesis-mon budget``: reads arguments and calls one command."""

from pathlib import Path
from typing import Annotated

import typer

from genesis_monitoring.cli.options import (
    SETTINGS,
    CaFileOption,
    EnvironmentOption,
    FormatOption,
    PrometheusOption,
    SpecOption,
    TimeoutOption,
    TokenFileOption,
    number,
)

HELP = """See what is left of the error budgets that the spec gives to SLIs.

  genesis-mon budget status                     # all of them, now
  genesis-mon budget status checkout_errors && deploy
"""

app = typer.Typer(
    name="budget", help=HELP, no_args_is_help=True, rich_markup_mode=None, context_settings=SETTINGS
)


@app.callback()
def budget() -> None:
    """A group of commands, though it has one."""


@app.command()
def status(
    slis: Annotated[
        list[str] | None, typer.Argument(help="SLIs with a budget. [default: all]", metavar="[SLI]...")
    ] = None,
    spec: SpecOption = Path("slo.yaml"),
    env: EnvironmentOption = None,
    at: Annotated[
        str | None, typer.Option(help="As at this time (UTC). [default: now]", metavar="TIME")
    ] = None,
    coverage: Annotated[
        float,
        typer.Option(
            help="So much of a period has to be counted, in percent; less for a young service.",
            metavar="PERCENT",
            parser=number(0, 100),
        ),
    ] = 90.0,
    format_: FormatOption = "text",
    prometheus: PrometheusOption = None,
    timeout: TimeoutOption = 30.0,
    ca_file: CaFileOption = None,
    token_file: TokenFileOption = None,
) -> None:
    """Say what is left of error budgets, how fast they burn, and how long they last at that pace.

    A gate in CI goes by the exit code: 0 if every budget is kept; 1 if one is used up or burns faster than
    one of its tiers allows; 3 if that cannot be told: the server does not answer, its rules are not those of
    the spec, nothing happened, or too little of the period was counted. Missing data is never good.

        genesis-mon budget status --format json | jq '.budgets[] | [.id, .state, .groups[0].left]'
        genesis-mon budget status --at 2026-11-30T12:00:00Z --coverage 50
    """
    from genesis_monitoring.commands.budget_status import BudgetOptions, run_budget_status
    from genesis_monitoring.commands.rollout_inputs import ServerOptions, SpecFile
    from genesis_monitoring.report.console import Console

    options = BudgetOptions(tuple(slis or ()), at, coverage, format_)
    server = ServerOptions(prometheus, timeout, ca_file, token_file)
    raise typer.Exit(run_budget_status(SpecFile(spec, env), server, options, Console()))
