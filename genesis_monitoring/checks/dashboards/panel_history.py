"""Panel ids never move: links, alerts and people's notes refer to them.

GM123 fires when a panel of the committed dashboard has another title now, or its title another id.
Why: a link to ``viewPanel=10`` would open something else. To mend: give the panel its id back, or say
that it is meant, with ``renamed_from`` or ``moved_from``. A panel that the spec does not lay out itself has
its id by the name of its SLI: another title is one of the same panel. GM124 (warning): the committed
dashboard cannot be read, so nothing can be told.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from genesis_monitoring.conventions import DASHBOARDS_FOLDER, WORD_JOINER
from genesis_monitoring.files import read_regular
from genesis_monitoring.findings import Finding, Location, Severity
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.spec.dashboards import Dashboard
from genesis_monitoring.spec.source import Source
from genesis_monitoring.tree.lines import MAX_TEXT_BYTES

CODES = ("GM123", "GM124")


def check_panel_history(out: Path, plan: Plan, source: Source) -> tuple[Finding, ...]:
    """Compares the spec's panels with the dashboards that stand in ``out``."""
    findings: list[Finding] = []
    for uid, dashboard in plan.spec.dashboards.items():
        file = out / DASHBOARDS_FOLDER / f"{uid}.json"
        try:
            committed = _committed(json.loads(read_regular(file, MAX_TEXT_BYTES)))
        except FileNotFoundError:
            continue
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            findings.append(
                Finding(
                    "GM124",
                    Severity.WARNING,
                    Location(str(file)),
                    "the committed dashboard cannot be read, so whether a panel id has moved cannot be told",
                    f"restore it from version control: git checkout -- {file}",
                )
            )
            continue
        findings.extend(_compare(uid, dashboard, committed, source))
    return tuple(findings)


def _committed(document: Any) -> dict[int, str]:
    """Titles by id; ValueError, TypeError or KeyError for what is no dashboard."""
    titles: dict[int, str] = {}
    panels = document["panels"]
    if not isinstance(panels, list):
        raise TypeError("the panels of a dashboard are a list")
    for panel in panels:
        identity, title = panel["id"], panel["title"]
        if panel["type"] == "row":
            # A collapsed row holds its panels.
            titles |= _committed(panel)
        elif isinstance(identity, int) and isinstance(title, str):
            titles[identity] = _plain(title)
    return titles


def _compare(
    uid: str, dashboard: Dashboard, committed: Mapping[int, str], source: Source
) -> Iterator[Finding]:
    ids = {title: identity for identity, title in committed.items()}
    for index, row in enumerate(dashboard.rows):
        for position, panel in enumerate(row.panels):
            path = ("dashboards", uid, "rows", index, "panels", position)
            if source.place((*path, "id")) is None:
                continue
            before = committed.get(panel.id)
            if before is not None and before not in (_plain(panel.title), _plain(panel.renamed_from or "")):
                yield Finding(
                    "GM123",
                    Severity.ERROR,
                    source.locate((*path, "id")),
                    f'panel id {panel.id} is "{before}" in the committed dashboard, and "{panel.title}" here',
                    f"use an id that was never used; if the panel was renamed, add renamed_from: {before}",
                )
            old_id = ids.get(_plain(panel.title))
            if old_id is not None and old_id not in (panel.id, panel.moved_from) and before is None:
                yield Finding(
                    "GM123",
                    Severity.ERROR,
                    source.locate((*path, "id")),
                    f'panel "{panel.title}" has id {old_id} in the committed dashboard, and {panel.id} here',
                    f"give it id {old_id} back; if the move is meant, add moved_from: {old_id}",
                )


def _plain(title: str) -> str:
    """The title as the spec has it."""
    return title.replace(WORD_JOINER, "")
