"""Every alert of the rollout and of the shop reaches the right receivers at any time, by a real Alertmanager.

The alerts are those of the generated rule files, with all that Prometheus would send along, and Alertmanager
runs the generated configuration at a moment that its clock is moved to. Who is to be told stands here, in the
words of the rollout guide and of the shop's two teams: not from the spec, nor from what is made of it.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from genesis_monitoring.clients.alertmanager import Alertmanager
from genesis_monitoring.clients.alertmanager_sessions import PostedAlert

pytestmark = pytest.mark.live
ROOT = Path(__file__).parent.parent.parent
GENESIS, SHOP = ROOT / "generated", ROOT / "docs/examples/shop/generated"
CONFIG = "alertmanager/alertmanager.yml"
ZONES = ("Europe/Berlin", "Asia/Tokyo")

Told = frozenset[str]
"""Receivers, each with the kind of its message."""
NOBODY: Told = frozenset()

PAGE: Told = frozenset({"pager pagerduty", "genesis-alerts slack"})
CHANNEL: Told = frozenset({"genesis-monitoring slack"})
GUIDE = {"P0": PAGE, "P1": PAGE, "P2": CHANNEL, "P3": CHANNEL}
"""Pages and the alerts' channel for what is critical, the monitoring's channel for the rest; at any time."""

WEB: Told = frozenset({"web-pager pagerduty", "web-mail email"})
DATA: Told = frozenset({"data-pager pagerduty", "data-mail email"})
WEB_MAIL: Told = frozenset({"web-mail email"})
DATA_MAIL: Told = frozenset({"data-mail email"})
TEAMS = {
    # team and severity: on a working day from six to ten in the evening, and at any other time
    ("web", "P1"): (WEB, WEB),
    ("data", "P1"): (DATA, DATA),
    ("web", "P2"): (WEB_MAIL, NOBODY),
    ("data", "P2"): (DATA_MAIL, NOBODY),
    # The monitoring itself has no team of its own.
    ("shop", "P2"): (WEB_MAIL, NOBODY),
}
WORKING, OTHERWISE = 0, 1

NOON, NIGHT, WEEKEND = "2026-12-02T12:00:00+01:00", "2026-12-03T02:00:00+01:00", "2026-12-05T12:00:00+01:00"
MOMENTS = {
    NOON: WORKING,
    NIGHT: OTHERWISE,
    WEEKEND: OTHERWISE,
    # Summer time begins on a Sunday at two, which is three then, and ends at three, which is two again.
    "2026-03-29T01:50:00+01:00": OTHERWISE,
    "2026-03-29T03:00:00+02:00": OTHERWISE,
    "2026-10-25T02:30:00+02:00": OTHERWISE,
    "2026-10-25T02:30:00+01:00": OTHERWISE,
    # The first mornings by the new time.
    "2026-03-30T05:50:00+02:00": OTHERWISE,
    "2026-03-30T06:00:00+02:00": WORKING,
    "2026-10-26T05:50:00+01:00": OTHERWISE,
    "2026-10-26T06:00:00+01:00": WORKING,
}
WITHOUT_WEEKENDS = {
    "2026-03-29T05:50:00+02:00": OTHERWISE,
    "2026-03-29T06:00:00+02:00": WORKING,
    "2026-10-25T05:50:00+01:00": OTHERWISE,
    "2026-10-25T06:00:00+01:00": WORKING,
}
"""The nights of change on their own, as they are always on a Sunday."""


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert as Prometheus sends it."""

    pairs: tuple[tuple[str, str], ...]

    @property
    def labels(self) -> dict[str, str]:
        return dict(self.pairs)

    @property
    def name(self) -> str:
        return " ".join(self.labels[key] for key in ("alertname", "sli", "sloth_slo") if key in self.labels)


def alerts_of(tree: Path) -> tuple[Alert, ...]:
    """All that the rule files can send: what ``alert_relabel_configs`` drops is not sent."""
    settings: Any = yaml.safe_load((tree / "prometheus/prometheus.yml").read_text("utf-8"))
    dropped = [
        label
        for one in settings["alerting"].get("alert_relabel_configs", ())
        for label in one["source_labels"]
        if (one["regex"], one["action"]) == (".+", "drop")
    ]
    rules: list[Any] = [
        rule
        for file in sorted((tree / "prometheus/rules").glob("*.yml"))
        for group in yaml.safe_load(file.read_text("utf-8"))["groups"]
        for rule in group["rules"]
        if "alert" in rule
    ]
    outside = settings["global"]["external_labels"]
    found = [
        Alert(tuple(sorted({**outside, "alertname": rule["alert"], **rule["labels"]}.items())))
        for rule in rules
        if not any(label in rule["labels"] for label in dropped)
    ]
    assert len({one.name for one in found}) == len(found)
    return tuple(found)


def told(tree: Path, at: str, wanted: Mapping[Alert, Told]) -> dict[str, Told]:
    """Who is told of each alert of ``tree``, by its name; as soon as all that is ``wanted`` has come."""
    marks = {f"(told {number})": alert for number, alert in enumerate(wanted, 1)}
    posted = [
        PostedAlert(alert.pairs, (("summary", mark), ("description", mark))) for mark, alert in marks.items()
    ]

    with Alertmanager(timeout=300).deliver(
        tree, CONFIG, at=datetime.fromisoformat(at), zones=ZONES
    ) as session:

        def seen() -> dict[str, Told]:
            texts = [(message.path, "\n".join(message.texts)) for message in session.messages]
            return {
                alert.name: frozenset(
                    path.strip("/").replace("/", " ") for path, text in texts if mark in text
                )
                for mark, alert in marks.items()
            }

        session.fire(posted)
        session.settle(lambda: all(wanted[alert] <= seen()[alert.name] for alert in wanted))
        return seen()


def by_guide(alert: Alert) -> Told:
    return NOBODY if alert.labels["alertname"] == "Watchdog" else GUIDE[alert.labels["severity"]]


def by_team(alert: Alert, when: int) -> Told:
    if alert.labels["alertname"] == "Watchdog":
        return NOBODY
    return TEAMS[alert.labels["team"], alert.labels["severity"]][when]


def named(wanted: Mapping[Alert, Told]) -> dict[str, Told]:
    return {alert.name: whom for alert, whom in wanted.items()}


def test_nothing_of_the_rollout_depends_on_the_time() -> None:
    """So that its clock, which is moved below all the same, has nothing to be asked for."""
    text = (GENESIS / CONFIG).read_text("utf-8")
    assert "time_interval" not in text
    assert "location" not in text


@pytest.mark.parametrize("at", [NOON, NIGHT, WEEKEND])
def test_of_the_rollout_the_same_people_are_told_at_any_time(at: str) -> None:
    wanted = {alert: by_guide(alert) for alert in alerts_of(GENESIS)}
    assert {alert.labels["severity"] for alert in wanted} == GUIDE.keys()
    assert told(GENESIS, at, wanted) == named(wanted)


@pytest.mark.parametrize("at", MOMENTS)
def test_of_the_shop_each_team_is_told_of_its_own_and_sleeps(at: str) -> None:
    wanted = {alert: by_team(alert, MOMENTS[at]) for alert in alerts_of(SHOP)}
    assert {(alert.labels["team"], alert.labels["severity"]) for alert in wanted} == TEAMS.keys()
    assert told(SHOP, at, wanted) == named(wanted)


@pytest.mark.parametrize("at", WITHOUT_WEEKENDS)
def test_the_nights_of_change_end_at_six_by_the_new_time(at: str, tmp_path: Path) -> None:
    wanted = {alert: by_team(alert, WITHOUT_WEEKENDS[at]) for alert in alerts_of(SHOP)}
    tree = changed(tmp_path, SHOP, "[nights, weekends]", "[nights]")
    assert told(tree, at, wanted) == named(wanted)


def changed(folder: Path, tree: Path, old: str, new: str, count: int = -1) -> Path:
    """A copy whose configuration says ``new`` in place of ``old``."""
    shutil.copytree(tree / "alertmanager", folder / "alertmanager")
    text = (folder / CONFIG).read_text("utf-8")
    assert old in text
    (folder / CONFIG).write_text(text.replace(old, new, count), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("tree", "at", "old", "new", "alert", "whom"),
    [
        pytest.param(
            GENESIS, NIGHT, "'severity=\"P0\"'", "'severity=\"P9\"'",
            "CostReductionTargetMissed cost_reduction", CHANNEL, id="a route that is not taken",
        ),
        pytest.param(
            SHOP, NIGHT, "[nights, weekends]", "[weekends]", "CertificateEnds certificate_left", WEB_MAIL,
            id="a night without its mute",
        ),
        pytest.param(
            SHOP, WEEKEND, "[saturday, sunday]", "[sunday]", "CertificateEnds certificate_left", WEB_MAIL,
            id="a weekend of one day",
        ),
        pytest.param(
            SHOP, NIGHT, "location: Europe/Berlin", "location: Asia/Tokyo",
            "CertificateEnds certificate_left", WEB_MAIL, id="a night elsewhere",
        ),
        pytest.param(
            SHOP, NOON, "'team=\"data\"'", "'team=\"date\"'", "RedisDown redis_up", WEB,
            id="a team that nobody has",
        ),
    ],
)  # fmt: skip
def test_what_is_broken_is_seen(
    tree: Path, at: str, old: str, new: str, alert: str, whom: Told, tmp_path: Path
) -> None:
    right = by_guide if tree == GENESIS else lambda one: by_team(one, MOMENTS[at])
    wanted = {one: right(one) for one in alerts_of(tree)}
    found = told(changed(tmp_path, tree, old, new), at, wanted)
    assert found != named(wanted)
    assert found[alert] == whom
