"""How a dashboard differs from another one, for who reviews it: both in, a line a change out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from genesis_monitoring.conventions import WORD_JOINER
from genesis_monitoring.preview.dashboard import DashboardView, PanelView

_KEYS = 6


@dataclass(frozen=True, slots=True)
class Changes:
    """``compared`` names the other dashboard, empty if there is none; ``marks`` are by the id of a panel."""

    compared: str = ""
    lines: tuple[str, ...] = ()
    marks: Mapping[int, str] = field(default_factory=dict)

    def of(self, panel: int) -> str:
        """What has happened to a panel; empty if nothing has."""
        return self.marks.get(panel, "")


def compare(before: DashboardView | None, after: DashboardView, name: str) -> Changes:
    """What is new, gone, moved or otherwise in ``after``; ``name`` tells where ``before`` is from."""
    if before is None:
        return Changes(name, ("The dashboard is new.",))
    old = {panel.id: panel for panel in before.panels}
    new = {panel.id: panel for panel in after.panels}
    marks, lines = {}, []
    for key in ("title", "description", "time_from", "time_to", "tags"):
        if getattr(before, key) != getattr(after, key):
            lines.append(f"Dashboard: {key.replace('_', ' ')} was {_short(getattr(before, key))}")
    for number, panel in new.items():
        what = list(_differences(old[number], panel)) if number in old else ["new"]
        if what:
            marks[number] = "new" if number not in old else "changed"
            lines.append(f"{number} {_short(panel.title)}: {'; '.join(what)}")
    lines += [
        f"{number} {_short(panel.title)}: removed" for number, panel in old.items() if number not in new
    ]
    return Changes(name, tuple(lines), marks)


def _differences(before: PanelView, after: PanelView) -> Iterator[str]:
    if before.grid != after.grid:
        size = (before.grid.width, before.grid.height) == (after.grid.width, after.grid.height)
        yield "moved" if size else f"was {before.grid.width} by {before.grid.height}"
    found = [line for line in _paths(before.raw, after.raw, "") if not line.startswith("gridPos")]
    yield from found[:_KEYS]
    if len(found) > _KEYS:
        yield f"and {len(found) - _KEYS} more"


def _paths(before: Any, after: Any, path: str) -> Iterator[str]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys((*before, *after)):
            yield from _paths(before.get(key), after.get(key), f"{path}.{key}" if path else str(key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _paths(one, other, f"{path}.{number}")
    elif before != after:
        yield f"{path} {_short(before)} → {_short(after)}"


def _short(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, list | tuple):
        return (
            f"{len(value)} of them" if value and not isinstance(value[0], str) else ", ".join(map(str, value))
        )
    if isinstance(value, Mapping):
        return f"{len(value)} keys"
    text = str(value).replace(WORD_JOINER, "")
    return text if len(text) <= 60 else f"{text[:59]}…"
