"""Rows that Grafana repeats for each chosen value of a variable: a dashboard in, one with all of them out."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Panel = dict[str, Any]


def repeated(dashboard: Mapping[str, Any], values: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """``dashboard`` as it is seen with all ``values`` of variables chosen; copies have ids of their own."""
    panels: list[Panel] = []
    down = 0
    for row, below in _rows(dashboard["panels"]):
        name = row.get("repeat") or ""
        whole = [row, *below]
        height = max(_bottom(one) for one in whole) - row["gridPos"]["y"]
        chosen = values.get(name, ())
        for copy, value in enumerate(chosen):
            panels += [_moved(_filled(one, name, value, copy), down + copy * height) for one in whole]
        if not name:
            panels += [_moved(one, down) for one in whole]
        down += height * (len(chosen) - 1) if name else 0
    return {**dashboard, "panels": panels}


def _rows(panels: Sequence[Panel]) -> Iterator[tuple[Panel, list[Panel]]]:
    """Each row with what stands below it; what is above the first row stands alone."""
    current: list[Panel] = []
    for panel in sorted(panels, key=lambda one: (one["gridPos"]["y"], one["gridPos"]["x"])):
        if current and panel["type"] == "row":
            yield current[0], current[1:]
            current = []
        current.append(panel)
    if current:
        yield current[0], current[1:]


def _bottom(panel: Panel) -> int:
    grid: Mapping[str, int] = panel["gridPos"]
    return grid["y"] + grid["h"]


def _moved(panel: Panel, down: int) -> Panel:
    return {**panel, "gridPos": {**panel["gridPos"], "y": panel["gridPos"]["y"] + down}}


def _filled(panel: Panel, name: str, value: str, copy: int) -> Panel:
    """The panel with ``value`` for the variable ``name``, and the id of the ``copy``."""
    text = json.dumps(panel)
    inside = json.dumps(value)[1:-1]
    filled = re.sub(rf"\${re.escape(name)}\b|\$\{{{re.escape(name)}\}}", lambda _: inside, text)
    found: Panel = json.loads(filled)
    return _renumbered(found, copy)


def _renumbered(panel: Panel, copy: int) -> Panel:
    inside = [_renumbered(one, copy) for one in panel.get("panels", ())]
    own = f"{panel['id']}-{copy}" if copy else panel["id"]
    return {**panel, "id": own, **({"panels": inside} if inside else {})}
