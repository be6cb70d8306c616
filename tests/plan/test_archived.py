"""An archived dashboard: another uid that Grafana takes, a fixed time, the panels as they were."""

import re
from dataclasses import replace

import pytest

from genesis_monitoring.plan.archived import archived
from genesis_monitoring.plan.compile import begun

from .specs import genesis_plan

START, END = 1_761_252_960.0, 1_761_425_760.0


@pytest.mark.parametrize("length", [1, 25, 26, 27, 39, 80])
def test_the_uid_is_one_of_its_own_and_short_enough(length: int) -> None:
    (live, *_) = genesis_plan().dashboards
    fixed = archived(replace(live, uid="u" * length), START, END)
    assert re.fullmatch(r"[a-z0-9-]{1,40}", fixed.uid)
    assert fixed.uid.endswith("-20251023t2056")
    assert fixed.path == f"dashboards/{fixed.uid}.json"
    other = archived(replace(live, uid="u" * (length - 1) + "v"), START, END)
    assert other.uid != fixed.uid
    later = archived(replace(live, uid="u" * length), START + 60, END)
    assert later.uid != fixed.uid


def test_only_its_time_is_another() -> None:
    (live, *_) = genesis_plan().dashboards
    fixed = archived(live, START, END)
    assert (fixed.time_from, fixed.time_to) == ("2025-10-23T20:56:00Z", "2025-10-25T20:56:00Z")
    assert fixed.title == f"{live.title} (2025-10-23 20:56 to 2025-10-25 20:56 UTC)"
    same = replace(
        fixed,
        **{key: getattr(live, key) for key in ("uid", "path", "title", "tags", "refresh")},
        time_from=live.time_from,
        time_to=live.time_to,
        rows=live.rows,
    )
    assert same == live
    assert [replace(panel, time_from=None) for panel in live.panels] == list(fixed.panels)


def test_the_window_is_told_and_marked_where_it_was() -> None:
    plan = genesis_plan()
    (live, *_) = plan.dashboards
    (moved, *_) = begun(plan, START + 3600).dashboards
    names = [one.name for one in live.events]
    assert [one.name for one in moved.events] == names
    other = {one.name for one, there in zip(live.events, moved.events, strict=True) if one != there}
    assert other == {"Rollout", "Critical checkpoints", "Checkpoints"}
    (window,) = (one.expr for one in moved.events if one.name == "Rollout")
    assert f"vector({int(START + 3600) * 1000})" in window
    assert f"vector({int(END + 3600) * 1000})" in window
    said = [panel for panel in moved.panels if panel.text]
    assert "2025-10-23 21:56" in said[0].text
    asked = " ".join(query.expr for panel in moved.panels for query in panel.queries)
    assert f"{int(START + 3600)}" in asked
    assert f"{int(START)}" not in asked
    assert (moved.refresh, moved.time_from) == (live.refresh, live.time_from)
    assert begun(plan, START) is plan
