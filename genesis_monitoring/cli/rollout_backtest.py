"""``genesis-mon rollout backtest``."""

from pathlib import Path
from typing import Annotated

import typer

from genesis_monitoring.cli.options import (
    CaFileOption,
    EnvironmentOption,
    FormatOption,
    PrometheusOption,
    SpecOption,
    TimeoutOption,
    TokenFileOption,
)

app = typer.Typer(rich_markup_mode=None)


@app.command()
def backtest(
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="Compare with this value changed, as in rag_latency_p95.target=150; repeat for more.",
            metavar="NAME.KEY=VALUE",
        ),
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="Compare with this spec instead.", metavar="FILE")
    ] = None,
    spec: SpecOption = Path("slo.yaml"),
    env: EnvironmentOption = None,
    start: Annotated[
        str | None,
        typer.Option(help="Where the window begins. [default: the rollout's start]", metavar="TIME"),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(help="Where it ends. [default: now, or the rollout's end]", metavar="TIME"),
    ] = None,
    last: Annotated[
        str | None, typer.Option(help="So much before its end instead: 48h, 7d.", metavar="DURATION")
    ] = None,
    format_: FormatOption = "text",
    prometheus: PrometheusOption = None,
    timeout: TimeoutOption = 30.0,
    ca_file: CaFileOption = None,
    token_file: TokenFileOption = None,
) -> None:
    """Say what each alert would have done over a past window: episodes and time firing.

    With --set it compares: `P1 episodes 7 → 3`. NAME is an SLI (target, alert, no_go, window,
    minimum_traffic, unless_numerator) or an alert (for, severity, level); the value is written as in the
    spec, in the SLI's unit, and has to pass the same checks. The spec itself is not changed. Of an error
    budget, KEY is budget.objective, .period, .page, .ticket, .exhausted, or budget.tiers.TIER.factor.

        genesis-mon rollout backtest --last 7d --set rag_latency_p95.target=150
        genesis-mon rollout backtest --last 7d --set checkout_errors.budget.objective=99.5

    SLIs are read as they were recorded; what is not recorded as the spec has it is evaluated from the
    metrics that were stored. An alert whose SLI had no data is told as that, and not as quiet.

    Log in with --token-file or GENESIS_MON_BEARER_TOKEN, or with GENESIS_MON_BASIC_USER and
    GENESIS_MON_BASIC_PASSWORD.

    Exit codes: 0 told, whatever fired; 2 wrong usage; 3 could not tell of every alert.
    """
    from genesis_monitoring.commands.rollout_backtest import BacktestOptions, run_backtest
    from genesis_monitoring.commands.rollout_inputs import ServerOptions, SpecFile
    from genesis_monitoring.report.console import Console

    server = ServerOptions(prometheus, timeout, ca_file, token_file)
    options = BacktestOptions(start, at, last, format_, tuple(set_ or ()), against)
    raise typer.Exit(run_backtest(SpecFile(spec, env), server, options, Console()))
