"""An archived dashboard: another uid that Grafana takes, a fixed time, the panels as they were."""

import re
from dataclasses import replace

import pytest

from genesis_monitoring.plan.archived import archived

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
