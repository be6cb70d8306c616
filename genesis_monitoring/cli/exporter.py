"""``genesis-mon exporter``: reads the arguments of serve and show."""

from pathlib import Path
from typing import Annotated

import typer

from genesis_monitoring.cli.options import SETTINGS, EnvironmentOption, SpecOption, one_format

HELP = """Expose the results of test suites as Prometheus metrics.

Reads the JUnit XML file of each suite in the spec, and exposes the metrics that its catalogue lists.
docs/exporter.md says how tests are counted and when a result is too old to be shown.
"""

app = typer.Typer(
    name="exporter", help=HELP, no_args_is_help=True, rich_markup_mode=None, context_settings=SETTINGS
)


@app.command()
def serve(
    spec: SpecOption = Path("slo.yaml"),
    env: EnvironmentOption = None,
    listen: Annotated[
        str, typer.Option(help="Where to listen; [::1]:8000 for IPv6.", metavar="HOST:PORT")
    ] = "127.0.0.1:8000",
) -> None:
    """Serve /metrics and /healthz until SIGTERM or ^C.

    The spec is read once at the start; result files are read again whenever they change. A file that
    cannot be read leaves the last result in place until it is older than the suite's max_age.
    """
    from genesis_monitoring.commands.exporter import run_serve
    from genesis_monitoring.report.console import Console

    raise typer.Exit(run_serve(spec, Console(), listen=listen, environment=env))


@app.command()
def show(
    spec: SpecOption = Path("slo.yaml"),
    env: EnvironmentOption = None,
    format_: Annotated[str, one_format("text", "openmetrics")] = "text",
) -> None:
    """Print what would be exposed now, then end. Exit 1 if a suite has no fresh result."""
    from genesis_monitoring.commands.exporter import FORMATS, run_show
    from genesis_monitoring.report.console import Console

    raise typer.Exit(run_show(spec, Console(), media_type=FORMATS[format_], environment=env))
