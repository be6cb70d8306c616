"""The table of texts and colours: made anew, and compared with the one that is committed."""

import difflib
from collections.abc import Sequence
from pathlib import Path

from look.workshop import Workshop

TABLE = Path(__file__).resolve().parent / "values.txt"
MOST_LINES = 200


def made(workshop: Workshop, dashboards: Sequence[Path]) -> str:
    """The table of ``dashboards`` as Grafana's code makes it. Raises LookError."""
    script = workshop.for_node("values.ts")
    target = workshop.folder / "values.txt"
    version = workshop.version("@grafana/data")
    workshop.run(("node", str(script), str(target), version, *map(str, dashboards)))
    return target.read_text(encoding="utf-8")


def difference(committed: str, found: str) -> str:
    """How the two differ, with the panel of each change, for a person; empty if nothing does."""
    changes = difflib.unified_diff(_placed(committed), _placed(found), n=0, lineterm="")
    lines = [line for line in changes if line[0] != "@"][2:]
    more = len(lines) - MOST_LINES
    return "\n".join((*lines[:MOST_LINES], *([f"... and {more} more lines"] if more > 0 else [])))


def _placed(table: str) -> list[str]:
    """Its lines, each with what it is about in front."""
    panel = query = ""
    lines = []
    for line in table.splitlines():
        indent = len(line) - len(line.lstrip())
        if indent == 0:
            panel = " ".join(line.split()[:2])
            lines.append(line)
        elif indent == 2:
            query = line.split()[0]
            lines.append(f"{panel}: {line.strip()}")
        else:
            lines.append(f"{panel} {query}: {line.strip()}")
    return lines
