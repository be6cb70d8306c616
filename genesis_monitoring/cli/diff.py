"""``genesis-mon diff``: reads arguments and calls one command."""

from pathlib import Path
from typing import Annotated

import typer

from genesis_monitoring.cli.options import (
    ProfileOption,
    SpecOption,
    TemplatesOption,
    environment_names,
    one_format,
)
from genesis_monitoring.errors import UsageError

ChangesFormat = Annotated[str, one_format("text", "json", "markdown")]


def attach(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(diff)
    app.command(name="diff-envs")(diff_envs)


def diff(
    revision: Annotated[
        str | None,
        typer.Argument(help="A commit, branch or tag of git. [default: HEAD]", metavar="[REV]"),
    ] = None,
    spec: SpecOption = Path("slo.yaml"),
    against: Annotated[
        Path | None, typer.Option(help="Compare with this spec instead of a revision.", metavar="FILE")
    ] = None,
    templates: TemplatesOption = None,
    profile: ProfileOption = None,
    format_: ChangesFormat = "text",
) -> None:
    """Say what a change of the spec means, for who reviews it: the spec of REV against the one here.

    Alerts with thresholds, times and receivers, SLIs, budgets, routes, panels, services, targets, criteria of
    a rollout, each added (+), removed (-) or changed (~), and the generated files that change. Comments,
    order and how a value is written mean nothing. The working tree and git are only read.

    \b
        genesis-mon diff                          # what is not committed yet
        genesis-mon diff origin/main --format markdown > changes.md   # for a pull request
        genesis-mon diff v1.2 --format json | jq '.changes[] | select(.kind == "alert")'

    Exit codes, as those of diff: 0 nothing differs; 1 something does; 2 it could not be compared: wrong
    usage, no git tree, an unknown revision, or one of the two specs is invalid.
    """
    from genesis_monitoring.commands.diff import run_diff
    from genesis_monitoring.commands.project import Inputs
    from genesis_monitoring.report.console import Console

    if revision is not None and against is not None:
        raise UsageError("REV and --against both say what to compare with", "leave one of them out")
    inputs = Inputs(spec, None, templates, profile)
    raise typer.Exit(run_diff(inputs, revision or "HEAD", against, format_, Console()))


def diff_envs(
    before: Annotated[
        str,
        typer.Argument(
            help="An environment, or base for the spec as it stands.",
            metavar="FROM",
            autocompletion=environment_names,
        ),
    ],
    after: Annotated[
        str, typer.Argument(help="The other one.", metavar="TO", autocompletion=environment_names)
    ],
    spec: SpecOption = Path("slo.yaml"),
    templates: TemplatesOption = None,
    profile: ProfileOption = None,
    format_: ChangesFormat = "text",
) -> None:
    """Say how one environment of the spec differs from another in meaning, as `diff` says of two revisions.

    \b
        genesis-mon diff-envs base staging        # all that staging has otherwise
        genesis-mon diff-envs prod staging --format json | jq '.changes[].name'

    Exit codes: 0 nothing differs; 1 something does; 2 it could not be compared: wrong usage, an unknown
    environment, or the spec is invalid.
    """
    from genesis_monitoring.commands.diff import run_diff_envs
    from genesis_monitoring.commands.project import Inputs
    from genesis_monitoring.report.console import Console

    inputs = Inputs(spec, None, templates, profile)
    raise typer.Exit(run_diff_envs(inputs, (before, after), format_, Console()))
