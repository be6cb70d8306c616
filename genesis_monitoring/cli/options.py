"""Options that several commands share, so that each means and reads the same everywhere."""

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from genesis_monitoring.conventions import LONGEST_TIMEOUT, SPEC_FILE
from genesis_monitoring.errors import UsageError

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
"""How every group of commands prints its help."""

_NUMBER = re.compile(r"[+-]?[0-9.]+(?:e[+-]?[0-9]+)?", re.ASCII | re.IGNORECASE)


def number(least: float, most: float) -> Callable[[str], float]:
    """A reader of an option that is a number from ``least`` to ``most``: no NaN and no infinity."""

    def read(text: str) -> float:
        try:
            # float() alone reads "  97", "1_000" and the digits of other scripts.
            value = float(text) if _NUMBER.fullmatch(str(text)) else math.nan
        except ValueError:
            value = math.nan
        if not least <= value <= most:
            shown = str(text)[:40]
            raise typer.BadParameter(f"{shown!r} is not a number from {least:g} to {most:g}")
        return value

    return read


def one_format(*names: str, default: str = "") -> Any:
    """An option that is one of ``names``, with its help. ``default`` says what it is where none is given."""

    def read(text: str) -> str:
        if text not in names:
            raise UsageError(f"there is no format {text!r}", f"use one of: {', '.join(names)}")
        return text

    help_ = f"{', '.join(names[:-1])} or {names[-1]}.{default}"
    return typer.Option("--format", help=help_, metavar="FORMAT", parser=read)


FormatOption = Annotated[str, one_format("text", "json")]
SpecOption = Annotated[Path, typer.Option("--spec", "-s", help="The spec to read.", metavar="FILE")]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", help="The generated tree. [default: generated, beside the spec]", metavar="DIR"),
]
TemplatesOption = Annotated[
    Path | None, typer.Option(help="A full set of templates to use instead of our own.", metavar="DIR")
]
ProfileOption = Annotated[
    str | None, typer.Option(help="A profile of the spec. [default: the one in force]", metavar="NAME")
]


def names_in(*sections: str) -> Callable[[typer.Context, str], list[str]]:
    """Completes a name that these sections of the spec on the command line have."""

    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        from genesis_monitoring.errors import GenesisMonError
        from genesis_monitoring.spec.includes import load_with_included

        try:
            value = load_with_included(Path(ctx.params.get("spec") or SPEC_FILE)).value
        except GenesisMonError:
            return []
        found = [value.get(section) for section in sections] if isinstance(value, dict) else []
        names = [name for one in found if isinstance(one, dict) for name in one]
        return [name for name in names if name.startswith(incomplete)]

    return complete


environment_names = names_in("environments")
alert_names = names_in("alerts")
EnvironmentOption = Annotated[
    str | None,
    typer.Option(
        "--env",
        help="An environment of the spec; its tree is generated-NAME.",
        metavar="NAME",
        autocompletion=environment_names,
    ),
]
StartOption = Annotated[
    str | None,
    typer.Option("--start", help="When it really began, in UTC. [default: the spec's start]", metavar="TIME"),
]
AtOption = Annotated[
    str | None,
    typer.Option("--at", help="As at this time. [default: now, or the window's end]", metavar="TIME"),
]
ReplayOption = Annotated[
    Path | None,
    typer.Option("--replay", help="Take what `verdict --record` kept instead of asking.", metavar="FILE"),
]
LedgerOption = Annotated[
    Path | None,
    typer.Option(
        help="The ledger. [default: rollout/ledger.jsonl, beside the spec; rollout-ENV/ with --env]",
        metavar="FILE",
    ),
]
PostOption = Annotated[bool, typer.Option("--post", help="Tell the Slack channel that the spec names, once.")]
PostAgainOption = Annotated[bool, typer.Option("--post-again", help="Post it though it was posted.")]
PostDryOption = Annotated[
    bool,
    typer.Option("--dry-run", help="Print what --post would send instead of what was found; send nothing."),
]
LedgerDigestOption = Annotated[
    str | None,
    typer.Option(
        "--ledger-digest", help="What the ledger has to end with, as it was printed.", metavar="DIGEST"
    ),
]
PrometheusOption = Annotated[
    str | None,
    typer.Option(
        "--prometheus", help="The server to ask. [default: metadata.links.prometheus]", metavar="URL"
    ),
]
AlertmanagerOption = Annotated[
    str | None,
    typer.Option(
        "--alertmanager", help="Where silences are. [default: metadata.links.alertmanager]", metavar="URL"
    ),
]
TimeoutOption = Annotated[
    float,
    typer.Option(
        help="How long to wait for each answer.", metavar="SECONDS", parser=number(0.001, LONGEST_TIMEOUT)
    ),
]
CaFileOption = Annotated[
    Path | None, typer.Option(help="PEM certificates to trust instead of the system's.", metavar="FILE")
]
TokenFileOption = Annotated[
    Path | None,
    typer.Option(help="A file that holds a bearer token, alone.", metavar="FILE"),
]
