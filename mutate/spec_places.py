"""Lines of ``slo.yaml`` in, the objects out that they belong to: ``alerts.CPUUsageHigh``.

By indentation, so that a broken text has objects too.
"""

import re
from collections.abc import Sequence

from mutate.edits import indent

_KEY = re.compile(r' *(?P<item>- )?(?P<flow>\{)?(?:"(?P<quoted>[^"]*)"|(?P<plain>[\w./#-]+))(?=: |:$)')
_DEEPER = (
    re.compile(r"dashboards\.[^.]+\.rows\.\d+\.panels\.\d+"),
    re.compile(r"dashboards\.[^.]+\.rows\.\d+"),
    re.compile(r"stack\.(?:services|networks|secrets)\.[^.]+"),
    re.compile(r"routing\.inhibit\.[^.]+"),
    re.compile(r"rollout\.(?:go|no_go)\.[^.]+"),
    re.compile(r"rollout\.checklist\.\d+\.items\.[^.]+"),
    re.compile(r"(?:routing|prometheus|apiVersion)(?=\.|$)"),
    re.compile(r"[^.]+\.[^.]+"),
)


def object_of(dotted: str) -> str:
    """The named object that a dotted path leads into; a section that holds only settings is one object."""
    for pattern in _DEEPER:
        match = pattern.match(dotted)
        if match:
            return match[0]
    return dotted


def object_at(lines: Sequence[str], line: int) -> str:
    """The object on ``line`` (from 1); empty outside the text."""
    return object_of(dotted_at(lines, line - 1)) if 0 < line <= len(lines) else ""


def dotted_at(lines: Sequence[str], index: int) -> str:
    """The dotted path of the value on the line at ``index`` (from 0)."""
    steps: list[str] = []
    depth = 10_000
    while index >= 0 and depth:
        line = lines[index]
        text = line.lstrip(" ")
        if text and not text.startswith("#") and indent(line) < depth:
            depth = _step(lines, index, depth, steps)
        index -= 1
    return ".".join(reversed(steps))


def _step(lines: Sequence[str], index: int, depth: int, steps: list[str]) -> int:
    """Add what the line says of the path; the indent that a line further up must be below."""
    line = lines[index]
    level = indent(line)
    match = _KEY.match(line)
    item = line[level:].startswith("- ")
    if match and not match["flow"] and level + 2 * item < depth:
        steps.append(match["quoted"] or match["plain"])
    if item:
        steps.append(str(_position(lines, index)))
    return level


def _position(lines: Sequence[str], index: int) -> int:
    """Which entry of its list the line at ``index`` begins, from 0."""
    level = indent(lines[index])
    count = 0
    for line in reversed(lines[:index]):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if indent(line) < level:
            break
        count += indent(line) == level and line[level:].startswith("- ")
    return count
