"""A dashboard as it stays when its time is over: a live one and a span of time in, a fixed one out."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

from genesis_monitoring.plan.dashboards import DashboardPlan

FOLDER = "dashboards"
LONGEST_UID = 40
"""Grafana takes no longer one."""
TAG = "archive"


def archived(dashboard: DashboardPlan, start: float, end: float) -> DashboardPlan:
    """``dashboard`` over ``start`` to ``end`` (seconds since 1970), never refreshed, beside the live one.

    It has a uid and a title of its own: Grafana would take one with the same uid for a new version of the
    live dashboard. Panels keep their ids, and lose a time of their own that follows the clock.
    """
    uid = _uid(dashboard.uid, start)
    return replace(
        dashboard,
        uid=uid,
        path=f"{FOLDER}/{uid}.json",
        title=f"{dashboard.title} ({_moment(start):%Y-%m-%d %H:%M} to {_moment(end):%Y-%m-%d %H:%M} UTC)",
        tags=tuple(dict.fromkeys((*dashboard.tags, TAG))),
        refresh="",
        time_from=_iso(start),
        time_to=_iso(end),
        rows=tuple(
            replace(row, panels=tuple(replace(panel, time_from=None) for panel in row.panels))
            for row in dashboard.rows
        ),
    )


def _uid(live: str, start: float) -> str:
    suffix = f"-{_moment(start):%Y%m%dt%H%M}"
    if len(live) + len(suffix) <= LONGEST_UID:
        return live + suffix
    mark = f"-{hashlib.sha256(live.encode()).hexdigest()[:8]}{suffix}"
    return live[: LONGEST_UID - len(mark)] + mark


def _iso(seconds: float) -> str:
    return f"{_moment(seconds):%Y-%m-%dT%H:%M:%SZ}"


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(round(seconds), UTC)
