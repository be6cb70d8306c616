"""``genesis-mon init``: reads arguments and calls one command."""

import re
from pathlib import Path
from typing import Annotated

import typer

from genesis_monitoring.cli.options import CaFileOption, TimeoutOption, TokenFileOption
from genesis_monitoring.errors import UsageError


def attach(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(init)


def init(
    path: Annotated[Path, typer.Argument(help="The file to write.", metavar="FILE")] = Path("slo.yaml"),
    from_metrics: Annotated[
        Path | None,
        typer.Option(help="Take the metrics of a scrape, in Prometheus' text format.", metavar="FILE"),
    ] = None,
    from_prometheus: Annotated[
        str | None, typer.Option(help="Take the metrics that this server has now.", metavar="URL")
    ] = None,
    job: Annotated[
        str, typer.Option(help="The job of a scrape, and the name of the system.", metavar="NAME")
    ] = "app",
    address: Annotated[
        list[str] | None,
        typer.Option(
            help="Where Prometheus scrapes them; repeat for more. [default: localhost:8000]",
            metavar="HOST:PORT",
        ),
    ] = None,
    timeout: TimeoutOption = 30.0,
    ca_file: CaFileOption = None,
    token_file: TokenFileOption = None,
) -> None:
    """Write a small commented spec to start from. An existing file is never overwritten.

    With --from-metrics, or --from-prometheus, its catalogue has every metric that is exposed, with type,
    unit, labels, buckets and help, and it proposes SLIs: errors of counters by status code, latency and P95
    of durations, what is up, what ends or fills up. Their targets are proposals, for you to set; there are
    no alerts on them yet.

    \b
        curl -s http://shop.example.com:8080/metrics > scrape.txt
        genesis-mon init --from-metrics scrape.txt --job shop --address shop.example.com:8080
        genesis-mon init --from-prometheus http://localhost:9090 --job shop
    """
    from genesis_monitoring.commands.init import run_init, run_init_from_metrics, run_init_from_prometheus
    from genesis_monitoring.commands.rollout_inputs import ServerOptions
    from genesis_monitoring.report.console import Console

    if from_metrics is not None and from_prometheus is not None:
        raise UsageError("--from-metrics and --from-prometheus both say where metrics are", "leave one out")
    if from_metrics is None and (address or (job != "app" and from_prometheus is None)):
        raise UsageError("--job and --address are those of --from-metrics", "give it too")
    if from_metrics is None and from_prometheus is None:
        raise typer.Exit(run_init(path, Console()))
    if not re.fullmatch(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", job) or len(job) > 80:
        raise UsageError(f"--job {job!r} is no name of a job here", "as in --job web-shop")
    if from_metrics is None:
        server = ServerOptions(from_prometheus, timeout, ca_file, token_file)
        raise typer.Exit(run_init_from_prometheus(path, job, server, Console()))
    addresses = tuple(address or ("localhost:8000",))
    raise typer.Exit(run_init_from_metrics(path, from_metrics, job, addresses, Console()))
