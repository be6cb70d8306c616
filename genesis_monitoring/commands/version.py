"""``genesis-mon --version``: what runs here, for a report of a fault."""

from functools import partial
from importlib.metadata import version

from genesis_monitoring.clients.parallel import run_side_by_side
from genesis_monitoring.clients.tools import KINDS, ToolKind, find_tool
from genesis_monitoring.errors import CouldNotTellError
from genesis_monitoring.report.console import Console


def run_version(console: Console) -> None:
    """Print our version, then of each tool its version and where it is, or that it is missing."""
    console.out(f"genesis-mon {version('genesis-mon')}")
    width = max(len(kind.name) for kind in KINDS)
    told = run_side_by_side([partial(_told, kind) for kind in KINDS], len(KINDS))
    for kind, text in zip(KINDS, told, strict=True):
        console.out(f"  {kind.name:<{width}}  {text}")


def _told(kind: ToolKind) -> str:
    try:
        tool = find_tool(kind)
        return f"{tool.version}  {' '.join(tool.argv)}"
    except CouldNotTellError as error:
        return error.message.removeprefix(f"{kind.name} is ")
