"""``genesis-mon explain``, ``expand`` and ``schema``: what there is to know about specs."""

from pathlib import Path
from typing import Annotated

import typer

from genesis_monitoring.cli.options import (
    EnvironmentOption,
    FormatOption,
    OutOption,
    ProfileOption,
    SpecOption,
    TemplatesOption,
    names_in,
    one_format,
)
from genesis_monitoring.errors import UsageError


def attach(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(explain)
    app.command()(expand)
    app.command()(schema)


def explain(
    name: Annotated[
        str,
        typer.Argument(
            help="A code such as GM401, a word such as ratio, or a name from the spec.",
            metavar="NAME",
            autocompletion=names_in("alerts", "slis", "severities"),
        ),
    ] = "",
    list_: Annotated[bool, typer.Option("--list", help="List all codes, and all words with a page.")] = False,
    spec: SpecOption = Path("slo.yaml"),
    out: OutOption = None,
    templates: TemplatesOption = None,
    profile: ProfileOption = None,
    env: EnvironmentOption = None,
    format_: FormatOption = "text",
) -> None:
    """Explain a finding's code, a word of a spec, or what the spec says of a name in it.

    Words are the kinds of SLIs, receivers, panel types and products: what they mean and which keys they have.
    Names are those of alerts, SLIs, severities and panel ids: the expression, the threshold in words, and the
    files that come from it. `genesis-mon route ALERT` says who is told of an alert, and when.

    \b
        genesis-mon explain RequestLatencyHigh --env staging
        genesis-mon explain --list --format json | jq -r '.pages[].name'

    Exit codes: 0 explained; 1 the spec is invalid; 2 wrong usage, or nothing has that name.
    """
    from genesis_monitoring.commands.explain import run_explain, run_list
    from genesis_monitoring.commands.project import Inputs
    from genesis_monitoring.report.console import Console

    as_json = format_ == "json"
    if list_ == bool(name):
        raise UsageError("explain takes a NAME or --list", "try: genesis-mon explain GM401")
    if list_:
        raise typer.Exit(run_list(Console(), as_json=as_json))
    raise typer.Exit(
        run_explain(name, Inputs(spec, out, templates, profile, env), Console(), as_json=as_json)
    )


def expand(
    part: Annotated[
        str, typer.Argument(help="A part of it, such as severities.P1 or dashboards.", metavar="PART")
    ] = "",
    spec: SpecOption = Path("slo.yaml"),
    format_: Annotated[str, one_format("text", "json")] = "text",
) -> None:
    """Print the spec written out in full: all that it says, and what is filled in.

    What the spec does not say ends with `# default:` and what it follows from; what an included file or
    a preset says ends with `# from` and its name. The output is a valid spec that means the same: copy a
    part of it into yours to change it.

    Exit codes: 0 printed; 1 the spec is invalid; 2 wrong usage, or there is no such spec or part.
    """
    from genesis_monitoring.commands.expand import run_expand
    from genesis_monitoring.report.console import Console

    raise typer.Exit(run_expand(spec, part, Console(), as_json=format_ == "json"))


def schema(
    name: Annotated[
        str,
        typer.Argument(help="slo, or a document such as findings, verdict, stack-status.", metavar="NAME"),
    ] = "slo",
) -> None:
    """Print the JSON Schema of the spec, for editors, or of what a command prints as JSON.

    Point an editor to it with a first line such as
    `# yaml-language-server: $schema=docs/slo.schema.json` in the spec.
    """
    from genesis_monitoring.commands.schema import run_schema
    from genesis_monitoring.report.console import Console

    raise typer.Exit(run_schema(name, Console()))
