"""Options that several commands share, so that each means and reads the same everywhere."""

from pathlib import Path
from typing import Annotated

import typer

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
"""How every group of commands prints its help."""

SpecOption = Annotated[Path, typer.Option("--spec", "-s", help="The spec to read.", metavar="FILE")]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", help="The generated tree. [default: generated, beside the spec]", metavar="DIR"),
]
TemplatesOption = Annotated[
    Path | None, typer.Option(help="A full set of templates to use instead of our own.", metavar="DIR")
]
ProfileOption = Annotated[
    str | None, typer.Option(help="A profile of the spec. [default: its first]", metavar="NAME")
]
