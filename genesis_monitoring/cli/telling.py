"""Tells on standard error why a command ended early."""

import io
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from genesis_monitoring.errors import GenesisMonError

if TYPE_CHECKING:
    from genesis_monitoring.report.console import Console

TRACEBACK_VARIABLE = "GENESIS_MON_TRACEBACK"


def _console() -> "Console":
    from genesis_monitoring.report.console import Console

    return Console()


def tell_usage(error: Exception) -> None:
    """As click would, whose messages repeat what stands on the command line."""
    said = io.StringIO()
    error.show(file=said)  # type: ignore[attr-defined]
    _console().write_error(said.getvalue())


def tell_own_fault(error: Exception) -> None:
    """What is no error of the user's: where it is from, and how to tell of it."""
    if os.environ.get(TRACEBACK_VARIABLE):
        traceback.print_exception(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    text = "".join(character if character.isprintable() else "?" for character in str(error)[:200])
    print(f"genesis-mon: a fault of its own: {type(error).__name__}: {text}{place}", file=sys.stderr)
    print(f"  mend: report it, with what {TRACEBACK_VARIABLE}=1 shows in addition", file=sys.stderr)


def tell(error: GenesisMonError) -> None:
    """The message and what mends it; of a spec, its findings."""
    from genesis_monitoring.spec.source import SpecError

    if isinstance(error, SpecError):
        _console().findings(error.findings)
        count = len(error.findings)
        _console().err(f"{count} {'mistake' if count == 1 else 'mistakes'} in the spec, nothing was done")
        return
    indented = error.message.replace("\n", "\n  ")
    _console().write_error(f"genesis-mon: {indented}\n")
    if error.hint:
        _console().err(f"  mend: {error.hint}")
