"""``genesis-mon init``: reads arguments, asks on a terminal, and calls one command."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from genesis_monitoring.cli.options import CaFileOption, TimeoutOption, TokenFileOption
from genesis_monitoring.errors import UsageError


def attach(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(init)


def product_names(incomplete: str) -> list[str]:
    """The products that can be there besides, to complete one."""
    from genesis_monitoring.importers.first_spec import products_offered

    return [name for name in products_offered() if name.startswith(incomplete)]


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
        str | None, typer.Option(help="The name of the system, and of its job in Prometheus.", metavar="NAME")
    ] = None,
    address: Annotated[
        list[str] | None,
        typer.Option(
            help="Where Prometheus scrapes it; repeat for more. [default: localhost:8000]",
            metavar="HOST:PORT",
        ),
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            help="A product that is there besides, as postgres-exporter=db:9187; repeat for more.",
            metavar="KIND[=HOST:PORT]",
            autocompletion=product_names,
        ),
    ] = None,
    tell: Annotated[
        str | None,
        typer.Option(help="Who is told: a URL, #channel, a mail address, or pagerduty.", metavar="ADDRESS"),
    ] = None,
    mail_server: Annotated[
        str | None,
        typer.Option(help="Which server takes mail. [default: smtp.DOMAIN:587]", metavar="HOST:PORT"),
    ] = None,
    ask: Annotated[
        bool, typer.Option("--ask/--no-ask", help="On a terminal, ask for what no option says.")
    ] = True,
    timeout: TimeoutOption = 30.0,
    ca_file: CaFileOption = None,
    token_file: TokenFileOption = None,
) -> None:
    """Write a small spec to start from. An existing file is never overwritten.

    On a terminal it asks for the name of the system, its metrics and their address, what is there besides,
    and who is told. Each answer is checked as `render` would. What an option says is not asked for.
    Without a terminal nothing is asked: without options it writes a commented spec of an imaginary shop.

    With --from-metrics, or --from-prometheus, its catalogue has every metric that is exposed, with type,
    unit, labels, buckets and help, and it proposes SLIs: errors of counters by status code, latency and P95
    of durations, what is up, what ends or fills up. Their targets are proposals, for you to set; there are
    no alerts on them yet.

    \b
        curl -s http://shop.example.com:8080/metrics > scrape.txt
        genesis-mon init --from-metrics scrape.txt --job shop --address shop.example.com:8080
        genesis-mon init --from-prometheus http://localhost:9090 --job shop
        genesis-mon init --job shop --kind postgres-exporter=db:9187 --tell '#alerts'

    Exit codes: 0 written; 1 there is such a file, or it cannot be written; 2 wrong usage, or no spec can be
    made of that; 3 could not tell: no answer; 130 for ^C, and nothing is written.
    """
    from genesis_monitoring.commands.init import (
        JOB,
        ask_prometheus,
        read_scrape,
        refuse_existing,
        run_init,
        run_init_by_answers,
        unprotected,
    )
    from genesis_monitoring.commands.rollout_inputs import ServerOptions
    from genesis_monitoring.importers.first_spec import Answers
    from genesis_monitoring.report.console import Console

    if from_metrics is not None and from_prometheus is not None:
        raise UsageError("--from-metrics and --from-prometheus both say where metrics are", "leave one out")
    if from_prometheus is not None and address:
        raise UsageError("--address is known to the server of --from-prometheus", "leave it out")
    if job is not None and (not JOB.fullmatch(job) or len(job) > 80):
        raise UsageError(f"--job {job!r} is no name of a job here", "as in --job web-shop")
    console = Console()
    products = None if kind is None else _products(kind)
    asking = ask and sys.stdin.isatty() and sys.stdout.isatty()
    said = (from_metrics, from_prometheus, job, address, kind, tell, mail_server)
    if not asking and all(one is None for one in said):
        raise typer.Exit(run_init(path, console))
    if asking:
        refuse_existing(path)
    server = ServerOptions(from_prometheus, timeout, ca_file, token_file)
    found = None
    if from_metrics is not None:
        found = read_scrape(from_metrics, job or "app")
    elif from_prometheus is not None:
        found = ask_prometheus(server, console)
    if not asking:
        answers = Answers(
            job or "app",
            tuple(address or ("localhost:8000",)),
            products or {},
            tell or Answers().told,
            mail_server or "",
            found,
        )
        raise typer.Exit(run_init_by_answers(path, answers, console))
    from genesis_monitoring.cli.interview import Given, interview

    addresses = None if address is None else tuple(address)
    given = Given(job, addresses, products, tell, mail_server, found, server)
    answers = interview(given, console)
    lacking = unprotected(path.parent)
    protect = bool(lacking) and typer.confirm(
        f"Add {len(lacking)} lines to .gitattributes, so that git changes no line ends", default=True
    )
    raise typer.Exit(run_init_by_answers(path, answers, console, protect=protect))


def _products(written: Sequence[str]) -> dict[str, str]:
    from genesis_monitoring.importers.first_spec import products_offered, usual_address
    from genesis_monitoring.words import suggest

    found = {}
    for one in written:
        kind, equals, address = one.partition("=")
        if kind not in products_offered():
            raise UsageError(
                f"--kind {kind!r} is no product that is known here{suggest(kind, products_offered())}",
                f"use one of: {', '.join(products_offered())}",
            )
        found[kind] = address if equals else usual_address(kind)
    return found
