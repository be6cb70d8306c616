"""Pictures of dashboards: panels in their places, drawn by Grafana's components in Chromium, kept as PNG."""

import html
import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from genesis_monitoring.conventions import SLO_ID
from genesis_monitoring.plan.compile import Plan
from look.answers import Answers, ask
from look.repeats import repeated
from look.scenes import SCENES
from look.workshop import LookError, Workshop

WIDTHS = (1500, 500)
"""A desktop and a telephone, in CSS pixels."""
_CELL, _GAP, _COLUMNS = 30, 8, 24
_NARROW = 768
_MARGIN = 16
_PATIENCE_SECONDS = 120
_BROWSER = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--enable-logging=stderr",
    *("--allow-file-access-from-files", "--virtual-time-budget=20000", "--force-device-scale-factor=1"),
)
_NOT_DRAWN = re.compile(r"CONSOLE.*(NOT DRAWN|Uncaught)")
_PAGE = """\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title><link rel="stylesheet" href="{style}"></head>
<body style="margin: 0; background: #111217"><div id="root"></div>
<script>var LOOK = {data};</script><script src="{script}"></script></body>
</html>
"""

Panel = dict[str, Any]


def draw(
    workshop: Workshop, plan: Plan, dashboards: Sequence[Path], folder: Path, unfold: bool
) -> Iterator[Path]:
    """Draw each of ``dashboards`` in each scene and width into ``folder``; each file when it is there.

    Rows that are folded stay so, unless ``unfold``.
    Raises LookError without Chromium or if it fails, and as ``ask``.
    """
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        raise LookError("pictures need chromium: make tools installs it")
    script = workshop.for_browser("page.tsx")
    folder.mkdir(parents=True, exist_ok=True)
    documents = [_whole(plan, json.loads(file.read_text(encoding="utf-8"))) for file in dashboards]
    for scene in SCENES:
        for document, answers in zip(documents, ask(plan, documents, scene), strict=True):
            for width in WIDTHS:
                picture = folder / f"{document['uid']}-{scene.name}-{width}.png"
                panels = opened(document["panels"]) if unfold else document["panels"]
                places = list(placed(panels, width))
                page = picture.with_suffix(".html")
                page.write_text(_page(document, places, answers, script), encoding="utf-8")
                height = max(place["top"] + place["height"] for place in places) + _MARGIN
                _take(browser, page, picture, (width, height), workshop.folder)
                yield picture


def _whole(plan: Plan, dashboard: dict[str, Any]) -> dict[str, Any]:
    """``dashboard`` with a row for each error budget that is chosen when it is opened."""
    chosen: dict[str, Sequence[str]] = {}
    for variable in dashboard.get("templating", {}).get("list", ()):
        if variable["name"] == SLO_ID:
            first: Sequence[str] = variable["current"]["value"]
            every = sorted(budget.id for budget in plan.budgets)
            chosen[SLO_ID] = every if "$__all" in first else first
    return repeated(dashboard, chosen)


def placed(panels: Sequence[Panel], width: int) -> Iterator[dict[str, Any]]:
    """Where Grafana puts each panel, in pixels; on a narrow screen one below the other."""
    inside = width - 2 * _MARGIN
    cell = (inside + _GAP) / _COLUMNS
    top = _MARGIN
    for panel in sorted(panels, key=lambda one: (one["gridPos"]["y"], one["gridPos"]["x"])):
        grid: Mapping[str, int] = panel["gridPos"]
        height = grid["h"] * (_CELL + _GAP) - _GAP
        if width < _NARROW:
            yield {"panel": panel, "left": _MARGIN, "top": top, "width": inside, "height": height}
            top += height + _GAP
            continue
        yield {
            "panel": panel,
            "left": _MARGIN + round(grid["x"] * cell),
            "top": _MARGIN + grid["y"] * (_CELL + _GAP),
            "width": round(grid["w"] * cell) - _GAP,
            "height": height,
        }


def opened(panels: Sequence[Panel]) -> list[Panel]:
    """``panels`` with every row that is folded opened, and what follows moved down."""
    found: list[Panel] = []
    down = 0
    for panel in sorted(panels, key=lambda one: (one["gridPos"]["y"], one["gridPos"]["x"])):
        found.append(_moved(panel, down))
        if panel.get("collapsed"):
            top = panel["gridPos"]["y"] + 1
            inside = panel["panels"]
            first = min((one["gridPos"]["y"] for one in inside), default=0)
            found[-1] |= {"collapsed": False, "panels": []}
            found += [_moved(one, down + top - first) for one in inside]
            down += max((one["gridPos"]["y"] + one["gridPos"]["h"] - first for one in inside), default=0)
    return found


def _moved(panel: Panel, down: int) -> Panel:
    return {**panel, "gridPos": {**panel["gridPos"], "y": panel["gridPos"]["y"] + down}}


def _page(document: Panel, places: Sequence[dict[str, Any]], answers: Answers, script: Path) -> str:
    data = {"dashboard": {**document, "panels": []}, "places": places, "answers": answers}
    return _PAGE.format(
        title=html.escape(document["title"]),
        data=json.dumps(data).replace("</", "<\\/"),
        script=script.as_uri(),
        style=script.with_suffix(".css").as_uri(),
    )


def _take(browser: str, page: Path, picture: Path, size: tuple[int, int], folder: Path) -> None:
    picture.unlink(missing_ok=True)
    command = (
        browser,
        *_BROWSER,
        f"--user-data-dir={folder / 'browser'}",
        f"--window-size={size[0]},{size[1]}",
        f"--screenshot={picture}",
        page.as_uri(),
    )
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise LookError(f"chromium did not draw {page.name} within {_PATIENCE_SECONDS} s") from None
    failed = [line for line in done.stderr.splitlines() if _NOT_DRAWN.search(line)]
    if failed:
        raise LookError("\n".join((f"not all of {page} is drawn:", *failed)))
    if done.returncode or not picture.is_file():
        raise LookError(f"chromium could not draw {page.name}: {done.stderr.strip()[-500:]}")
